using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>The gated recurrent unit of cuDNN and PyTorch (<c>linear_before_reset</c>): the reset gate acts on the recurrent product, bias included.</summary>
/// <param name="recurrent">R, <c>(3*hidden, hidden)</c>; borrowed.</param>
/// <param name="bias">Bias of the recurrent product, <c>(3*hidden)</c>, or null; borrowed.</param>
/// <param name="gate">Activation of the two gates.</param>
/// <param name="candidate">Activation of the candidate.</param>
internal sealed class LinearBeforeResetCell(Tensor recurrent, Tensor? bias, Func<Tensor, Tensor> gate, Func<Tensor, Tensor> candidate) : RecurrentCell
{
    private readonly Tensor _recurrent = recurrent.t();
    private readonly Tensor? _bias = bias?.alias();

    /// <inheritdoc />
    public override CellState Step(Tensor fromInput, CellState state)
    {
        long[] sizes = [2 * state.Hidden.shape[1], state.Hidden.shape[1]];
        using Tensor product = _bias is null ? state.Hidden.mm(_recurrent) : addmm(_bias, state.Hidden, _recurrent, 1, 1);
        Tensor[] fromInputs = fromInput.split(sizes, 1), fromStates = product.split(sizes, 1);
        using Tensor gateInputs = fromInputs[0], candidateInputs = fromInputs[1], gateStates = fromStates[0], candidateStates = fromStates[1];
        using Tensor sums = gateInputs.add(gateStates, Number.One), gates = gate(sums);
        Tensor[] both = gates.chunk(2, 1);
        using Tensor update = both[0], reset = both[1];
        using Tensor candidateSums = candidateInputs.addcmul(reset, candidateStates, Number.One), proposed = candidate(candidateSums);
        return new CellState(proposed.lerp(state.Hidden, update), null);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _recurrent.Dispose();
        _bias?.Dispose();
    }
}
