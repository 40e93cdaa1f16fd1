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
    private const double FirstHalfScale = 1024;

    private readonly Objective _objective;
    private readonly LossMemory _memory;
    private readonly HeadLoss _head;
    private readonly SequencePass? _sequences;

    /// <param name="model">The model.</param>
    /// <param name="objective">What is minimised.</param>
    /// <param name="weights">What is trained, borrowed.</param>
    /// <param name="memory">What the pass may keep; null for the defaults.</param>
    /// <param name="placement">Where the model is run, and what its frozen weights are held in; null for the default.</param>
    public LossPass(OnnxModel model, Objective objective, TrainableWeights weights, LossMemory? memory = null, Placement? placement = null)
    {
        if (memory?.Target is not null)
            NativeHeap.GiveBackLargeBlocks();
        (Executor, _objective, _memory) = (new GraphExecutor(model, weights, placement, memory?.Limits), objective, memory ?? new LossMemory());
        _head = new HeadLoss(model, objective, Executor, _memory.ChunkBytes);
        if (objective.States.Count > 0)
            _sequences = new SequencePass(new SteppedModel(model, objective, Executor, _head.Trunk), objective, _head, _memory.Target);
        if (Executor.Placement.WeightType == ScalarType.Float16)
            GradientScale = FirstHalfScale;
    }

    /// <summary>Runs the model as the pass does.</summary>
    public GraphExecutor Executor { get; }

    /// <summary>
    /// Factor on all gradients, a power of two. Where they pass weights in float16, those of a large vocabulary or batch would
    /// be smaller than its smallest number (Micikevicius et al. 2018, arXiv:1710.03740).
    /// </summary>
    public double GradientScale { get; set; } = 1;

    /// <summary>Lowers <see cref="GradientScale"/> when a gradient was too large for float16.</summary>
    /// <returns>Whether it could be lowered, so that the batch is worth another try.</returns>
    public bool LowerGradientScale()
    {
        if (GradientScale <= 1)
            return false;
        GradientScale /= 4;
        return true;
    }

    /// <summary>Runs one record, and checks that its value is one that the objective's loss can be computed on.</summary>
    /// <param name="record">A record that <see cref="RecordCheck"/> has accepted.</param>
    /// <returns>Number of classes: the size of the value's last axis.</returns>
    /// <exception cref="InvalidOptionsException">Value and loss do not go together, or no trained weight can change the value.</exception>
    /// <exception cref="InvalidInputException">The record's target does not fit the value.</exception>
    public int RequireFit(Interaction record) => _sequences?.RequireFit(record) ?? ObjectiveCheck.Require(Executor, _objective, record);

    /// <summary>What the losses of records are divided by in their mean.</summary>
    public double WeightOf(IReadOnlyList<Interaction> records) => LossWeights.Of(_objective, records);

    /// <summary>Adds to the gradients of what is trained.</summary>
    /// <param name="records">Records of one shape.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <returns>The mean loss.</returns>
    /// <exception cref="LoraEdgeException">The records do not fit the model or the objective, or memory ran out.</exception>
    public double Backward(IReadOnlyList<Interaction> records, int classCount) => Backward(records, classCount, WeightOf(records));

    /// <summary>The same for records that are part of a batch.</summary>
    /// <param name="records">Records of one shape.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="weight">The weight of the whole batch.</param>
    /// <returns>Their part of the batch's mean loss.</returns>
    /// <exception cref="LoraEdgeException">The records do not fit the model or the objective, or memory ran out.</exception>
    public double Backward(IReadOnlyList<Interaction> records, int classCount, double weight)
    {
        if (_sequences is not null)
            return Guarded(() => _sequences.Backward(records, classCount, weight, GradientScale));
        using RecordBatch batch = RecordBatcher.Create(records, classCount, Executor.Placement.Device);
        return Guarded(() => Differentiate(batch, weight));
    }

    /// <summary>Sum of the losses of each record, weighted; without gradients.</summary>
    /// <param name="records">Records of one shape.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <exception cref="LoraEdgeException">The records do not fit the model or the objective, or memory ran out.</exception>
    public double[] ScoreEach(IReadOnlyList<Interaction> records, int classCount)
    {
        if (_sequences is not null)
            return Guarded(() => _sequences.Score(records, classCount));
        using RecordBatch batch = RecordBatcher.Create(records, classCount, Executor.Placement.Device);
        return Guarded(() => Evaluate(batch));
    }

    /// <summary>Sums over records: of their losses, weighted, and of the weights of all that carries a target.</summary>
    /// <inheritdoc cref="ScoreEach"/>
    public (double Losses, double Weights) Score(IReadOnlyList<Interaction> records, int classCount) => (ScoreEach(records, classCount).Sum(), WeightOf(records));

    /// <summary>Adds to the gradients of what is trained, from records that stand for themselves.</summary>
    /// <returns>The mean loss.</returns>
    /// <exception cref="LoraEdgeException">The batch does not fit the model or the objective, or memory ran out.</exception>
    public double Backward(RecordBatch batch) => Guarded(() => Differentiate(batch, WeightOf(batch.Records)));

    /// <summary>The same without gradients; the sums, not the mean.</summary>
    /// <exception cref="LoraEdgeException">The batch does not fit the model or the objective, or memory ran out.</exception>
    public (double Losses, double Weights) Score(RecordBatch batch) => (Guarded(() => Evaluate(batch)).Sum(), WeightOf(batch.Records));

    /// <inheritdoc />
    public void Dispose() => Executor.Dispose();

    private T Guarded<T>(Func<T> work)
    {
        _memory.Cap?.Require();
        return LibtorchErrors.Typed(work);
    }

    private double Differentiate(RecordBatch batch, double weight)
    {
        using Tensor norm = LossNorm.Of(weight, GradientScale, Executor.Placement.Device);
        using IForwardPass pass = Executor.Forward(batch.Inputs, _head.Trunk, _memory.Target);
        using var gradient = new ChunkGradient(pass.Value);
        double loss = _head.Backward(gradient, batch, norm);
        if (gradient.Gradient is not null)
            pass.Backward(gradient.Gradient);
        return loss / GradientScale;
    }

    private double[] Evaluate(RecordBatch batch)
    {
        using var _ = no_grad();
        using Tensor value = Executor.Run(batch.Inputs, _head.Trunk)[0];
        return _head.Score(value, batch);
    }
}
