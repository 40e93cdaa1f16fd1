using LoraEdge.Training.Records;
using static TorchSharp.torch;

namespace LoraEdge.Training.Sequences;

/// <summary>
/// Sequences side by side, one step at a time. They are aligned where learning begins: what has a shorter burn-in starts later.
/// Where a sequence has not begun, or has ended, its first or last step stands in, on a state of zeros and without a target.
/// </summary>
internal sealed class SequenceBatch
{
    private readonly IReadOnlyList<Interaction> _records;
    private readonly IReadOnlyList<Interaction>[] _steps;
    private readonly int[] _starts;
    private readonly Objective _objective;
    private readonly int _classCount;
    private readonly Device _device;

    /// <param name="records">At least one; inputs of one shape, lengths of any.</param>
    /// <param name="objective">What is minimised.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="device">Where the model runs.</param>
    public SequenceBatch(IReadOnlyList<Interaction> records, Objective objective, int classCount, Device device)
    {
        (_records, _objective, _classCount, _device) = (records, objective, classCount, device);
        _steps = [.. records.Select(SequenceSteps.Of)];
        int[] burnIns = [.. records.Select(objective.BurnInOf)];
        BurnIn = burnIns.Max();
        _starts = [.. burnIns.Select(burnIn => BurnIn - burnIn)];
        Length = _steps.Zip(_starts, (steps, start) => start + steps.Count).Max();
        while (Length > BurnIn && !HasTargets(Length - 1))
            Length--;
    }

    /// <summary>How many sequences.</summary>
    public int Count => _records.Count;

    /// <summary>Steps in front that are run for their state alone.</summary>
    public int BurnIn { get; }

    /// <summary>Steps up to the last with a target, burn-in included.</summary>
    public int Length { get; }

    /// <summary>What the model sees at a step, without its state; the caller's.</summary>
    public Dictionary<string, Tensor> InputsAt(int step) => RecordBatcher.Inputs([.. Enumerable.Range(0, Count).Select(row => StepOf(row, step))], _device);

    /// <summary>Whether some sequence has a target at a step.</summary>
    public bool HasTargets(int step) => RowsAt(step).Any();

    /// <summary>The sequences that have a target at a step, in order.</summary>
    public IEnumerable<int> RowsAt(int step) => step < BurnIn ? [] : Enumerable.Range(0, Count).Where(row => step - _starts[row] < _steps[row].Count && !StepOf(row, step).Target.IsNone);

    /// <summary>The targets of those sequences that have one at a step, in order.</summary>
    public RecordBatch TargetsAt(int step)
    {
        int[] rows = [.. RowsAt(step)];
        Interaction[] steps = [.. rows.Select(row => StepOf(row, step) with { Weight = SequenceSteps.WeightOf(_records[row], StepOf(row, step)) })];
        return RecordBatcher.Targets(steps, _classCount, _device) with { Records = [.. rows.Select(row => _records[row])] };
    }

    /// <summary>The rows of a value that <see cref="TargetsAt"/> is about; a view or a copy, the caller's.</summary>
    /// <param name="value">A value of the step, batch axis first.</param>
    /// <param name="step">The step.</param>
    /// <exception cref="InvalidOptionsException">The value does not have the batch as its first axis.</exception>
    public Tensor WithTargets(Tensor value, int step)
    {
        ObjectiveCheck.RequireBatchAxis(_objective, value, Count);
        long[] rows = [.. RowsAt(step).Select(row => (long)row)];
        if (rows.Length == Count)
            return value.alias();
        using Tensor chosen = tensor(rows, device: value.device);
        return value.index_select(0, chosen);
    }

    /// <summary>The sequences whose state is zeros before a step; empty when all go on.</summary>
    public long[] RestartsAt(int step) => [.. Enumerable.Range(0, Count).Where(row => Restarts(row, step)).Select(row => (long)row)];

    private bool Restarts(int row, int step)
    {
        int own = step - _starts[row];
        return own <= 0 || own >= _steps[row].Count || _steps[row][own].StartsEpisode;
    }

    private Interaction StepOf(int row, int step) => _steps[row][Math.Min(Math.Max(step - _starts[row], 0), _steps[row].Count - 1)];
}
