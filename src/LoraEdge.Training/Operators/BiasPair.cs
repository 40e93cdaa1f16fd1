using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>The biases of one direction of a recurrent layer, each of shape <c>(gates*hidden)</c> or null.</summary>
/// <param name="Input">What is added to the product of the input.</param>
/// <param name="Recurrent">What the cell adds to the recurrent product.</param>
internal sealed record BiasPair(Tensor? Input, Tensor? Recurrent) : IDisposable
{
    /// <summary>Takes B apart. ONNX stores two biases where most cells only need their sum.</summary>
    /// <param name="biases">B, <c>(directions, 2*gates*hidden)</c>, or null; borrowed.</param>
    /// <param name="direction">The direction.</param>
    /// <param name="apart">Whether the cell adds the second one itself.</param>
    public static BiasPair Of(Tensor? biases, int direction, bool apart)
    {
        if (biases is null)
            return new BiasPair(null, null);
        using Tensor both = biases.select(0, direction);
        Tensor[] halves = both.chunk(2, 0);
        if (apart)
            return new BiasPair(halves[0], halves[1]);
        using Tensor input = halves[0], recurrent = halves[1];
        return new BiasPair(input.add(recurrent, Number.One), null);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Input?.Dispose();
        Recurrent?.Dispose();
    }
}
