using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Gated recurrent unit; ONNX's order of gates is update, reset, candidate.</summary>
internal sealed class GruCell : RecurrentCell
{
    private readonly Func<Tensor, Tensor> _gate, _candidate;
    private readonly Tensor _gates, _proposal;

    /// <param name="recurrent">R, <c>(3*hidden, hidden)</c>; borrowed.</param>
    /// <param name="gate">Activation of the two gates.</param>
    /// <param name="candidate">Activation of the candidate.</param>
    public GruCell(Tensor recurrent, Func<Tensor, Tensor> gate, Func<Tensor, Tensor> candidate)
    {
        (_gate, _candidate) = (gate, candidate);
        long hidden = recurrent.shape[1];
        Tensor[] parts = recurrent.split([2 * hidden, hidden], 0);
        using Tensor gates = parts[0], proposal = parts[1];
        (_gates, _proposal) = (gates.t(), proposal.t());
    }

    /// <inheritdoc />
    public override CellState Step(Tensor fromInput, CellState state)
    {
        long hidden = state.Hidden.shape[1];
        Tensor[] kinds = fromInput.split([2 * hidden, hidden], 1);
        using Tensor gateInputs = kinds[0], candidateInputs = kinds[1];
        using Tensor sums = addmm(gateInputs, state.Hidden, _gates, 1, 1), gates = _gate(sums);
        Tensor[] both = gates.chunk(2, 1);
        using Tensor update = both[0], reset = both[1], remembered = reset.mul(state.Hidden);
        using Tensor candidateSums = addmm(candidateInputs, remembered, _proposal, 1, 1), proposed = _candidate(candidateSums);
        return new CellState(proposed.lerp(state.Hidden, update), null);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _gates.Dispose();
        _proposal.Dispose();
    }
}
