using LoraEdge.Training.Records;
using static TorchSharp.torch;

namespace LoraEdge.Training.Sequences;

/// <summary>One step of a window, from the states before it to its turn in the backward pass.</summary>
/// <param name="model">Runs the step, borrowed.</param>
/// <param name="batch">The batch.</param>
/// <param name="step">The step.</param>
/// <param name="before">The states before it, as the start of a graph of their own; taken over.</param>
internal sealed class StepPass(SteppedModel model, SequenceBatch batch, int step, CarriedStates before) : IDisposable
{
    private Tensor? _value;
    private CarriedStates? _after;

    /// <summary>Runs the step, and keeps what its backward pass needs.</summary>
    /// <returns>The states after it, borrowed.</returns>
    public CarriedStates Run()
    {
        (_value, _after) = model.Run(batch, step, before, wantsValue: batch.HasTargets(step));
        return _after;
    }

    /// <summary>Adds to the gradients of what is trained. Runs the step first when that was not done.</summary>
    /// <param name="head">The loss.</param>
    /// <param name="norm">What the sum of all losses is divided by; a scalar.</param>
    /// <param name="gradients">Gradients of the states after the step, which become those of the states before it; null where there are none.</param>
    /// <returns>The step's losses, divided by <paramref name="norm"/>.</returns>
    public double Backward(HeadLoss head, Tensor norm, Tensor?[] gradients)
    {
        CarriedStates after = _after ?? Run();
        if (_value is null)
        {
            Differentiate([], [], after, gradients);
            return 0;
        }

        using RecordBatch targets = batch.TargetsAt(step);
        using Tensor chosen = batch.WithTargets(_value, step);
        using var gradient = new ChunkGradient(chosen);
        double loss = head.Backward(gradient, targets, norm);
        if (gradient.Gradient is { } own)
            Differentiate([chosen], [own], after, gradients);
        else
            Differentiate([], [], after, gradients);
        return loss;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _value?.Dispose();
        _after?.Dispose();
        before.Dispose();
    }

    private void Differentiate(List<Tensor> values, List<Tensor> known, CarriedStates after, Tensor?[] gradients)
    {
        for (int index = 0; index < gradients.Length; index++)
        {
            if (gradients[index] is { } gradient && after[index].requires_grad)
            {
                values.Add(after[index]);
                known.Add(gradient);
            }
        }

        if (values.Count > 0)
            autograd.backward([.. values], [.. known]);
        for (int index = 0; index < gradients.Length; index++)
        {
            gradients[index]?.Dispose();
            gradients[index] = before[index].requires_grad ? before[index].grad : null;
        }
    }
}
