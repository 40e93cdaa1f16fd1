using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Long short-term memory without peepholes; ONNX's order of gates is input, output, forget, candidate, so that the first
/// three take one call.
/// </summary>
/// <param name="recurrent">R, <c>(4*hidden, hidden)</c>; borrowed.</param>
/// <param name="gate">Activation of the three gates.</param>
/// <param name="candidate">Activation of the candidate.</param>
/// <param name="output">Activation of the memory on its way out.</param>
/// <param name="coupled">Whether what is not forgotten is what the input lacks: f = 1 - i.</param>
internal sealed class LstmCell(Tensor recurrent, Func<Tensor, Tensor> gate, Func<Tensor, Tensor> candidate, Func<Tensor, Tensor> output, bool coupled) : RecurrentCell
{
    private readonly Tensor _recurrent = recurrent.t();

    /// <inheritdoc />
    public override CellState Step(Tensor fromInput, CellState state)
    {
        long hidden = state.Hidden.shape[1];
        using Tensor sums = addmm(fromInput, state.Hidden, _recurrent, 1, 1);
        Tensor[] kinds = sums.split([3 * hidden, hidden], 1);
        using Tensor gateSums = kinds[0], candidateSums = kinds[1], gates = gate(gateSums), proposed = candidate(candidateSums);
        Tensor[] iof = gates.chunk(3, 1);
        using Tensor input = iof[0], outgoing = iof[1], forget = coupled ? Rest(input, iof[2]) : iof[2];
        using Tensor kept = forget.mul(state.Memory!);
        Tensor memory = kept.addcmul(input, proposed, Number.One);
        using Tensor shown = output(memory);
        return new CellState(outgoing.mul(shown), memory);
    }

    /// <inheritdoc />
    public override void Dispose() => _recurrent.Dispose();

    private static Tensor Rest(Tensor share, Tensor unused)
    {
        unused.Dispose();
        // TorchSharp's "1 - share" leaves a tensor behind.
        using Tensor negative = share.neg();
        return negative.add(Number.One, Number.One);
    }
}
