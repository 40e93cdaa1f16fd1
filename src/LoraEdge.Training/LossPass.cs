using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;
using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>
/// The objective's loss on a batch, and its gradients. A model is run in two parts: the trunk, and the head, the layers behind
/// it that treat every position alike. A head that makes scores over a vocabulary is run on some positions at a time, loss and
/// backward pass included, since its values are often larger than those of all other layers together; where one position
/// counts, on that one alone.
/// </summary>
internal sealed class LossPass : IDisposable
{
    private const double FirstHalfScale = 1024;

    private readonly Objective _objective;
    private readonly LossMemory _memory;
    private readonly string? _headInput;
    private readonly string _trunk;
    private double _gradientScale = 1;
    private long _classes;

    /// <param name="model">The model.</param>
    /// <param name="objective">What is minimised.</param>
    /// <param name="weights">What is trained, borrowed.</param>
    /// <param name="memory">What the pass may keep; null for the defaults.</param>
    /// <param name="placement">Where the model is run, and what its frozen weights are held in; null for the default.</param>
    public LossPass(OnnxModel model, Objective objective, TrainableWeights weights, LossMemory? memory = null, Placement? placement = null)
    {
        if (memory?.Target is not null)
            NativeHeap.GiveBackLargeBlocks();
        (Executor, _objective, _memory) = (new GraphExecutor(model, weights, placement), objective, memory ?? new LossMemory());
        _headInput = PositionwiseHead.Find(model, objective);
        _trunk = _headInput ?? objective.ValueName;
        if (Executor.Placement.WeightType == ScalarType.Float16)
            _gradientScale = FirstHalfScale;
    }

    /// <summary>Runs the model as the pass does.</summary>
    public GraphExecutor Executor { get; }

    /// <summary>
    /// Factor on all gradients, a power of two. Where they pass weights in float16, those of a large vocabulary or batch would
    /// be smaller than its smallest number (Micikevicius et al. 2018, arXiv:1710.03740).
    /// </summary>
    public double GradientScale => _gradientScale;

    /// <summary>Lowers <see cref="GradientScale"/> when a gradient was too large for float16.</summary>
    /// <returns>Whether it could be lowered, so that the batch is worth another try.</returns>
    public bool LowerGradientScale()
    {
        if (_gradientScale <= 1)
            return false;
        _gradientScale /= 4;
        return true;
    }

    /// <summary>Adds to the gradients of what is trained.</summary>
    /// <returns>The mean loss.</returns>
    /// <exception cref="LoraEdgeException">The batch does not fit the model or the objective, or memory ran out.</exception>
    public double Backward(RecordBatch batch)
    {
        _memory.Cap?.Require();
        return LibtorchErrors.Typed(() => Differentiate(batch));
    }

    /// <summary>Sum of the losses of a batch, weighted by record, and of the weights of all that carries a target; without gradients.</summary>
    /// <exception cref="LoraEdgeException">The batch does not fit the model or the objective, or memory ran out.</exception>
    public (double Losses, double Weights) Score(RecordBatch batch)
    {
        _memory.Cap?.Require();
        return LibtorchErrors.Typed(() => Evaluate(batch));
    }

    /// <inheritdoc />
    public void Dispose() => Executor.Dispose();

    private double Differentiate(RecordBatch batch)
    {
        using Tensor counts = ObjectiveLoss.Counts(_objective, batch), weights = counts.mul(batch.Weights), sum = weights.sum(), positive = sum.clamp_min(1e-12f), norm = positive.div(_gradientScale);
        using IForwardPass pass = Executor.Forward(batch.Inputs, _trunk, _memory.Target);
        using var gradient = new ChunkGradient(pass.Value);
        double loss = 0;
        foreach (PositionRange chunk in Chunks(pass.Value, batch))
        {
            using Tensor leaf = gradient.Leaf(chunk);
            loss += Backward(leaf, batch, chunk, norm);
            gradient.Take(leaf, chunk);
        }

        gradient.Hand(pass);
        return loss / _gradientScale;
    }

    private (double Losses, double Weights) Evaluate(RecordBatch batch)
    {
        using var _ = no_grad();
        using Tensor value = Executor.Run(batch.Inputs, _trunk)[0];
        double sum = 0;
        foreach (PositionRange chunk in Chunks(value, batch))
        {
            using Tensor part = chunk.Of(value), losses = Losses(part, batch, chunk);
            sum += WeightedSum(losses, batch.Weights);
        }

        using Tensor counts = ObjectiveLoss.Counts(_objective, batch);
        return (sum, WeightedSum(counts, batch.Weights));
    }

    private double Backward(Tensor leaf, RecordBatch batch, PositionRange chunk, Tensor norm)
    {
        if (_objective is { Loss: LossKind.SequenceCrossEntropy, Form: not ObjectiveForm.Probabilities } && batch.Allowed is null)
            return BackwardOfSequence(leaf, batch, chunk, norm);
        using Tensor losses = Losses(leaf, batch, chunk), weighted = losses.mul(batch.Weights), total = weighted.sum(), loss = total.div(norm);
        double value = loss.item<float>();
        if (!double.IsNaN(value) && !double.IsInfinity(value) && loss.requires_grad)
            loss.backward();
        return value;
    }

    private double BackwardOfSequence(Tensor leaf, RecordBatch batch, PositionRange chunk, Tensor norm)
    {
        using Tensor value = Head(leaf);
        using RecordBatch? part = chunk.IsAll ? null : batch.At(chunk);
        return SequenceGradient.Backward(_objective, value, part ?? batch, norm);
    }

    /// <summary>Losses of each record on some positions, from the trunk's value there.</summary>
    private Tensor Losses(Tensor trunk, RecordBatch batch, PositionRange chunk)
    {
        using Tensor value = Head(trunk);
        using RecordBatch? part = chunk.IsAll ? null : batch.At(chunk);
        return ObjectiveLoss.PerRecord(chunk.IsAll ? _objective : _objective with { Position = -1 }, value, part ?? batch);
    }

    private Tensor Head(Tensor trunk) => _headInput is null ? trunk.alias()
        : Executor.RunFrom(new Dictionary<string, Tensor> { [_headInput] = trunk }, _objective.ValueName)[0];

    private IEnumerable<PositionRange> Chunks(Tensor trunk, RecordBatch batch)
    {
        long[] shape = trunk.shape;
        if (_headInput is null || shape.Length != 3 || shape[0] != batch.Weights.shape[0])
            return [PositionRange.All];
        if (_objective.Loss == LossKind.CrossEntropy)
        {
            long position = _objective.Position < 0 ? _objective.Position + shape[1] : _objective.Position;
            return position >= 0 && position < shape[1] ? [new PositionRange(position, 1)] : [PositionRange.All];
        }

        bool fits = batch.Classes!.dim() == 2 && batch.Classes.shape[1] == shape[1];
        return fits ? PositionRange.Cut(shape[1], _memory.ChunkBytes / (shape[0] * ClassesOf(trunk) * sizeof(float))) : [PositionRange.All];
    }

    private long ClassesOf(Tensor trunk)
    {
        if (_classes > 0)
            return _classes;
        using var _ = no_grad();
        using Tensor first = trunk.narrow(1, 0, 1), value = Head(first);
        return _classes = value.shape[^1];
    }

    private static double WeightedSum(Tensor values, Tensor weights)
    {
        using Tensor weighted = values.mul(weights), sum = weighted.sum();
        return sum.item<float>();
    }
}
