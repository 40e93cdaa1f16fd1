using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;
using LoraEdge.Training.Sequences;
using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>
/// The objective's loss on records, and its gradients: one run of the model for a batch of records that stand for themselves,
/// one run a step for sequences.
/// </summary>
internal sealed class LossPass : IDisposable
{
    private readonly Objective _objective;
    private readonly LossMemory _memory;
    private readonly HeadLoss _head;
    private readonly SequencePass? _sequences;

    /// <param name="model">The model.</param>
    /// <param name="objective">What is minimised.</param>
    /// <param name="weights">What is trained, borrowed.</param>
    /// <param name="memory">What the pass may keep; null for the defaults.</param>
    public LossPass(OnnxModel model, Objective objective, TrainableWeights weights, LossMemory? memory = null)
    {
        if (memory?.Target is not null)
            NativeHeap.GiveBackLargeBlocks();
        (Executor, _objective, _memory) = (new GraphExecutor(model, weights), objective, memory ?? new LossMemory());
        _head = new HeadLoss(model, objective, Executor, _memory.ChunkBytes);
        if (objective.States.Count > 0)
            _sequences = new SequencePass(new SteppedModel(model, objective, Executor, _head.Trunk), objective, _head, _memory.Target);
    }

    /// <summary>Runs the model as the pass does.</summary>
    public GraphExecutor Executor { get; }

    /// <summary>Runs one record, and checks that its value is one that the objective's loss can be computed on.</summary>
    /// <param name="record">A record that <see cref="RecordCheck"/> has accepted.</param>
    /// <returns>Number of classes: the size of the value's last axis.</returns>
    /// <exception cref="InvalidOptionsException">Value and loss do not go together, or no trained weight can change the value.</exception>
    /// <exception cref="InvalidInputException">The record's target does not fit the value.</exception>
    public int RequireFit(Interaction record) => _sequences?.RequireFit(record) ?? ObjectiveCheck.Require(Executor, _objective, record);

    /// <summary>Adds to the gradients of what is trained.</summary>
    /// <param name="records">Records of one shape.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <returns>The mean loss.</returns>
    /// <exception cref="LoraEdgeException">The records do not fit the model or the objective.</exception>
    public double Backward(IReadOnlyList<Interaction> records, int classCount)
    {
        if (_sequences is not null)
            return _sequences.Backward(records, classCount);
        using RecordBatch batch = RecordBatcher.Create(records, classCount);
        return Backward(batch);
    }

    /// <summary>Sum of the losses of records, weighted, and of the weights of all that carries a target; without gradients.</summary>
    /// <param name="records">Records of one shape.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <exception cref="LoraEdgeException">The records do not fit the model or the objective.</exception>
    public (double Losses, double Weights) Score(IReadOnlyList<Interaction> records, int classCount)
    {
        if (_sequences is not null)
            return _sequences.Score(records, classCount);
        using RecordBatch batch = RecordBatcher.Create(records, classCount);
        return Score(batch);
    }

    /// <summary>Adds to the gradients of what is trained, from records that stand for themselves.</summary>
    /// <returns>The mean loss.</returns>
    /// <exception cref="LoraEdgeException">The batch does not fit the model or the objective.</exception>
    public double Backward(RecordBatch batch)
    {
        using Tensor counts = ObjectiveLoss.Counts(_objective, batch), weights = counts.mul(batch.Weights), sum = weights.sum(), norm = sum.clamp_min(1e-12f);
        using IForwardPass pass = Executor.Forward(batch.Inputs, _head.Trunk, _memory.Target);
        using var gradient = new ChunkGradient(pass.Value);
        double loss = _head.Backward(gradient, batch, norm);
        if (gradient.Gradient is not null)
            pass.Backward(gradient.Gradient);
        return loss;
    }

    /// <summary>The same without gradients; the sums, not the mean.</summary>
    /// <exception cref="LoraEdgeException">The batch does not fit the model or the objective.</exception>
    public (double Losses, double Weights) Score(RecordBatch batch)
    {
        using var _ = no_grad();
        using Tensor value = Executor.Run(batch.Inputs, _head.Trunk)[0];
        using Tensor counts = ObjectiveLoss.Counts(_objective, batch), weights = counts.mul(batch.Weights), sum = weights.sum();
        return (_head.Score(value, batch), sum.item<float>());
    }

    /// <inheritdoc />
    public void Dispose() => Executor.Dispose();
}
