using static TorchSharp.torch;

namespace LoraEdge.Training.Records;

/// <summary>Records of equal shapes as tensors; N is their number.</summary>
/// <param name="Records">The records themselves.</param>
/// <param name="Inputs">The model's inputs, batch axis first.</param>
/// <param name="Classes">Target classes, shape <c>(N)</c> or <c>(N, T)</c>; null for a regression.</param>
/// <param name="Values">Target values, shape <c>(N, elements)</c>; null for a classification.</param>
/// <param name="Allowed">Possible classes, shape <c>(N, K)</c>, padded; null when all are possible everywhere.</param>
/// <param name="Padding">0 where <paramref name="Allowed"/> holds a class and a very negative number where it is padding.</param>
/// <param name="Weights">Weights of the records, shape <c>(N)</c>.</param>
internal sealed record RecordBatch(
    IReadOnlyList<Interaction> Records, IReadOnlyDictionary<string, Tensor> Inputs, Tensor? Classes, Tensor? Values, Tensor? Allowed, Tensor? Padding, Tensor Weights) : IDisposable
{
    /// <summary>The same records with the targets of some positions only. Shares everything else: dispose it before this.</summary>
    public RecordBatch At(PositionRange positions) =>
        new(Records, new Dictionary<string, Tensor>(), Classes is { } classes ? (classes.dim() == 2 ? positions.Of(classes) : classes.alias()) : null, Values?.alias(), Allowed?.alias(), Padding?.alias(), Weights.alias());

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor input in Inputs.Values)
            input.Dispose();
        Classes?.Dispose();
        Values?.Dispose();
        Allowed?.Dispose();
        Padding?.Dispose();
        Weights.Dispose();
    }
}
