using LoraEdge.Training.Records;
using static TorchSharp.torch;

namespace LoraEdge.Training.Sequences;

/// <summary>
/// The objective's loss on sequences, and its gradients by truncated back-propagation through time. The state begins as zeros
/// and goes through all steps. The burn-in is run without gradients; behind it, one window of steps after the other is run
/// forward and then, from its last step to its first, backward. Gradients end where their window began.
/// </summary>
/// <param name="model">Runs the model step by step.</param>
/// <param name="objective">What is minimised.</param>
/// <param name="head">The loss of a step, borrowed.</param>
/// <param name="memoryTarget">Bytes kept for the backward pass of a window; steps that do not fit are run again. Null: all are kept.</param>
internal sealed class SequencePass(SteppedModel model, Objective objective, HeadLoss head, long? memoryTarget)
{
    /// <summary>Runs a step with a target, and checks that its value is one that the objective's loss can be computed on.</summary>
    /// <param name="record">A record that <see cref="RecordCheck"/> has accepted.</param>
    /// <returns>Number of classes: the size of the value's last axis.</returns>
    /// <exception cref="InvalidOptionsException">States, value and loss do not go together, or no trained weight can change the value within a window.</exception>
    /// <exception cref="InvalidInputException">The record's target does not fit the value.</exception>
    public int RequireFit(Interaction record)
    {
        var batch = new SequenceBatch([record], objective, classCount: 1, model.Device);
        int step = Enumerable.Range(0, batch.Length).First(batch.HasTargets);
        using RecordBatch targets = batch.TargetsAt(step);
        using CarriedStates states = model.Zeros(1);
        // A weight may reach the value by way of every state in turn, one step each.
        for (int run = 0; run <= Math.Min(model.CarriedCount, objective.TruncationLength - 1); run++)
        {
            (Tensor? trunk, CarriedStates next) = model.Run(batch, step, states, wantsValue: true);
            states.Become(next);
            using (trunk)
            {
                using Tensor value = head.Head(trunk!);
                ObjectiveCheck.RequireFit(objective, value, targets);
                if (value.requires_grad)
                    return (int)value.shape[^1];
            }
        }

        throw new InvalidOptionsException($"No trained weight can change the objective '{objective.ValueName}' within {objective.TruncationLength} steps by operations that have gradients; name a value before any rounding or choice is made, or raise {nameof(objective.TruncationLength)}.");
    }

    /// <summary>Adds to the gradients of what is trained.</summary>
    /// <param name="records">The sequences.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="weight">The weight of the whole batch that they are, or are part of.</param>
    /// <param name="gradientScale">Factor on all gradients.</param>
    /// <returns>Their part of the batch's mean loss.</returns>
    public double Backward(IReadOnlyList<Interaction> records, int classCount, double weight, double gradientScale)
    {
        var batch = new SequenceBatch(records, objective, classCount, model.Device);
        using Tensor norm = LossNorm.Of(weight, gradientScale, model.Device);
        using CarriedStates states = model.Zeros(batch.Count);
        Advance(batch, states, 0, batch.BurnIn);
        double loss = 0;
        for (int start = batch.BurnIn; start < batch.Length; start += objective.TruncationLength)
            loss += BackwardWindow(batch, states, start, Math.Min(start + objective.TruncationLength, batch.Length), norm);
        return loss / gradientScale;
    }

    /// <summary>Sum of the losses of each record, weighted; without gradients.</summary>
    public double[] Score(IReadOnlyList<Interaction> records, int classCount)
    {
        using var _ = no_grad();
        var batch = new SequenceBatch(records, objective, classCount, model.Device);
        using CarriedStates states = model.Zeros(batch.Count);
        var sums = new double[batch.Count];
        for (int step = 0; step < batch.Length; step++)
        {
            (Tensor? value, CarriedStates after) = model.Run(batch, step, states, batch.HasTargets(step));
            states.Become(after);
            if (value is null)
                continue;
            using (value)
            {
                using Tensor chosen = batch.WithTargets(value, step);
                using RecordBatch targets = batch.TargetsAt(step);
                double[] own = head.Score(chosen, targets);
                int next = 0;
                foreach (int row in batch.RowsAt(step))
                    sums[row] += own[next++];
            }
        }

        return sums;
    }

    private double BackwardWindow(SequenceBatch batch, CarriedStates states, int start, int end, Tensor norm)
    {
        int learned = end;
        while (learned > start && !batch.HasTargets(learned - 1))
            learned--;
        var steps = new Stack<StepPass>();
        var gradients = new Tensor?[states.Count];
        try
        {
            Forward(batch, states, start, learned, steps);
            Advance(batch, states, learned, end);
            double loss = 0;
            while (steps.Count > 0)
            {
                using StepPass step = steps.Pop();
                loss += step.Backward(head, norm, gradients);
            }

            return loss;
        }
        finally
        {
            foreach (StepPass step in steps)
                step.Dispose();
            foreach (Tensor? gradient in gradients)
                gradient?.Dispose();
        }
    }

    private void Forward(SequenceBatch batch, CarriedStates states, int start, int end, Stack<StepPass> steps)
    {
        int kept = start < end ? KeptSteps(batch, states, start) : 0;
        for (int step = start; step < end; step++)
        {
            var pass = new StepPass(model, batch, step, states.Detached(differentiable: step > start));
            steps.Push(pass);
            // The last steps are the first to be needed.
            if (end - step <= kept)
                states.Become(pass.Run().Detached());
            else
                Advance(batch, states, step, step + 1);
        }
    }

    private int KeptSteps(SequenceBatch batch, CarriedStates states, int step)
    {
        if (memoryTarget is not { } target)
            return int.MaxValue;
        using CarriedStates leaves = states.Detached(differentiable: true);
        return model.BytesKept(batch, step, leaves) is { } bytes and > 0 ? (int)Math.Min(int.MaxValue, Math.Max(1, target / bytes)) : int.MaxValue;
    }

    /// <summary>Runs steps for their states alone.</summary>
    private void Advance(SequenceBatch batch, CarriedStates states, int start, int end)
    {
        using var without = no_grad();
        for (int step = start; step < end; step++)
        {
            (Tensor? _, CarriedStates next) = model.Run(batch, step, states, wantsValue: false);
            states.Become(next);
        }
    }
}
