using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>The plain recurrent network: <c>H = f(x W' + H R' + b)</c>.</summary>
/// <param name="recurrent">R, <c>(hidden, hidden)</c>; borrowed.</param>
/// <param name="activation">f.</param>
internal sealed class PlainCell(Tensor recurrent, Func<Tensor, Tensor> activation) : RecurrentCell
{
    private readonly Tensor _recurrent = recurrent.t();

    /// <inheritdoc />
    public override CellState Step(Tensor fromInput, CellState state)
    {
        using Tensor sums = addmm(fromInput, state.Hidden, _recurrent, 1, 1);
        return new CellState(activation(sums), null);
    }

    /// <inheritdoc />
    public override void Dispose() => _recurrent.Dispose();
}
