using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Runs the cells of a recurrent layer over a sequence. The product of the input and W is one product for all steps; what is
/// left for a step is the recurrent product and the gates.
/// </summary>
/// <param name="Name">The node, for messages.</param>
/// <param name="Steps">Length of the sequences.</param>
/// <param name="Batch">Number of sequences.</param>
/// <param name="Hidden">Size of the state.</param>
/// <param name="Reversed">For each direction, whether it goes from the end to the start.</param>
/// <param name="Cells">The cell of each direction.</param>
/// <param name="BatchFirst">Whether the batch is the first axis of X, Y and the states (layout 1), and not the steps.</param>
/// <param name="BiasInCell">Whether the cell adds the bias of the recurrent product; else it is added to that of the input.</param>
/// <param name="HasMemory">Whether the state has a second part.</param>
internal sealed record RecurrentLayer(
    string Name, long Steps, long Batch, long Hidden, bool[] Reversed, CellFactory[] Cells, bool BatchFirst, bool BiasInCell, bool HasMemory)
{
    /// <summary>The operation; inputs in ONNX's order.</summary>
    public Tensor[] Run(Tensor?[] inputs)
    {
        Tensor? Input(int index) => index < inputs.Length ? inputs[index] : null;
        using Tensor x = BatchFirst ? inputs[0]!.transpose(0, 1) : inputs[0]!.alias(), rows = x.reshape(Steps * Batch, x.shape[2]);
        Tensor[]? present = Present(Input(4));
        var outputs = new Tensor[Cells.Length];
        var last = new CellState[Cells.Length];
        for (int direction = 0; direction < Cells.Length; direction++)
        {
            using CellState initial = new(Initial(Input(5), direction, x, present), HasMemory ? Initial(Input(6), direction, x, present) : null);
            (outputs[direction], last[direction]) = RunDirection(direction, rows, inputs[1]!, inputs[2]!, Input(3), initial, present);
        }

        foreach (Tensor mask in present ?? [])
            mask.Dispose();
        Tensor y = Join(outputs, 1, BatchFirst ? [2, 0, 1, 3] : null), hidden = JoinStates(last.Select(state => state.Hidden));
        return HasMemory ? [y, hidden, JoinStates(last.Select(state => state.Memory!))] : [y, hidden];
    }

    private (Tensor Outputs, CellState Last) RunDirection(int direction, Tensor rows, Tensor weights, Tensor recurrents, Tensor? biases, CellState initial, Tensor[]? present)
    {
        using Tensor weight = weights.select(0, direction), recurrent = recurrents.select(0, direction);
        using BiasPair bias = BiasPair.Of(biases, direction, BiasInCell);
        using RecurrentCell cell = Cells[direction](recurrent, bias.Recurrent);
        Tensor[] fromInput = FromInput(rows, weight, bias.Input);
        var outputs = new Tensor[Steps];
        CellState state = new(initial.Hidden.alias(), initial.Memory?.alias());
        for (long step = 0; step < Steps; step++)
        {
            long at = Reversed[direction] ? Steps - 1 - step : step;
            using CellState before = state;
            using Tensor sums = fromInput[at];
            state = cell.Step(sums, before);
            outputs[at] = present is null ? state.Hidden.alias() : KeepAbsent(present[at], before, ref state);
        }

        Tensor all = stack(outputs, 0);
        foreach (Tensor output in outputs)
            output.Dispose();
        return (all, state);
    }

    private Tensor[] FromInput(Tensor rows, Tensor weight, Tensor? bias)
    {
        using Tensor transposed = weight.t(), product = bias is null ? rows.mm(transposed) : addmm(bias, rows, transposed, 1, 1);
        using Tensor steps = product.reshape(Steps, Batch, weight.shape[0]);
        // Not a select per step: its backward writes a gradient of the size of all steps for each of them.
        return steps.unbind(0);
    }

    /// <summary>Sequences that are over, or, in reverse, not yet begun, stay as they are and put out zero.</summary>
    /// <returns>The output.</returns>
    private static Tensor KeepAbsent(Tensor present, CellState before, ref CellState state)
    {
        using CellState next = state;
        using Tensor nothing = zeros_like(next.Hidden);
        state = new CellState(where(present, next.Hidden, before.Hidden), next.Memory is null ? null : where(present, next.Memory, before.Memory!));
        return where(present, next.Hidden, nothing);
    }

    /// <summary>For each step which sequences have it, of shape <c>(batch, 1)</c>; null where all have all.</summary>
    /// <exception cref="InvalidInputException">A length is negative or beyond the steps there are.</exception>
    private Tensor[]? Present(Tensor? lengths)
    {
        if (lengths is null)
            return null;
        using Tensor lowest = lengths.min(), highest = lengths.max(), column = lengths.reshape(Batch, 1);
        int low = lowest.item<int>(), high = highest.item<int>();
        if (low < 0 || high > Steps)
            throw new InvalidInputException($"Node '{Name}' gets a sequence length of {(low < 0 ? low : high)} for sequences of {Steps} steps.");
        return low == Steps ? null : [.. Enumerable.Range(0, (int)Steps).Select(step => column.gt(Number.Of(step)))];
    }

    /// <summary>What a direction starts from. ONNX Runtime gives an empty sequence the last state 0, so it starts from that too.</summary>
    private Tensor Initial(Tensor? states, int direction, Tensor x, Tensor[]? present)
    {
        Tensor nothing = zeros(Batch, Hidden, x.dtype, x.device);
        if (states is null)
            return nothing;
        using Tensor none = nothing, given = states.select(BatchFirst ? 1 : 0, direction);
        return present is null ? given.alias() : where(present[0], given, none);
    }

    private Tensor JoinStates(IEnumerable<Tensor> states) => Join([.. states], BatchFirst ? 1 : 0, null);

    private static Tensor Join(Tensor[] parts, long axis, long[]? order)
    {
        using Tensor joined = stack(parts, axis);
        foreach (Tensor part in parts)
            part.Dispose();
        return order is null ? joined.alias() : joined.permute(order);
    }
}
