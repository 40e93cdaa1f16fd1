using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;
using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>
/// The objective's loss from the value of a model's trunk on: the head, the layers behind it that treat every position alike,
/// is run on some positions at a time, loss and backward pass included. Its values are often larger than those of all other
/// layers together, where it makes scores over a vocabulary; where one position counts, it is run on that one alone.
/// </summary>
internal sealed class HeadLoss
{
    private readonly Objective _objective;
    private readonly GraphExecutor _executor;
    private readonly long _chunkBytes;
    private readonly string? _headInput;
    private long _classes;

    /// <param name="model">The model.</param>
    /// <param name="objective">What is minimised.</param>
    /// <param name="executor">Runs the model, borrowed.</param>
    /// <param name="chunkBytes">Bytes of the head's result that are computed at a time.</param>
    public HeadLoss(OnnxModel model, Objective objective, GraphExecutor executor, long chunkBytes)
    {
        (_objective, _executor, _chunkBytes) = (objective, executor, chunkBytes);
        _headInput = PositionwiseHead.Find(model, objective);
        Trunk = _headInput ?? objective.ValueName;
    }

    /// <summary>Name of the trunk's value.</summary>
    public string Trunk { get; }

    /// <summary>Adds to the gradients of what is trained in the head, and collects the gradient of the trunk's value.</summary>
    /// <param name="trunk">The trunk's value.</param>
    /// <param name="batch">The records that it was computed for.</param>
    /// <param name="norm">What the sum of all losses is divided by; a scalar.</param>
    /// <returns>The loss, divided by <paramref name="norm"/>.</returns>
    public double Backward(ChunkGradient trunk, RecordBatch batch, Tensor norm)
    {
        double loss = 0;
        foreach (PositionRange chunk in Chunks(trunk.Value, batch))
        {
            using Tensor leaf = trunk.Leaf(chunk);
            loss += Backward(leaf, batch, chunk, norm);
            trunk.Take(leaf, chunk);
        }

        return loss;
    }

    /// <summary>Sum of the losses of each record, weighted; without gradients.</summary>
    /// <param name="trunk">The trunk's value.</param>
    /// <param name="batch">The records that it was computed for.</param>
    public double[] Score(Tensor trunk, RecordBatch batch)
    {
        var sums = new double[batch.Records.Count];
        foreach (PositionRange chunk in Chunks(trunk, batch))
        {
            using Tensor part = chunk.Of(trunk), losses = Losses(part, batch, chunk), weighted = losses.mul(batch.Weights);
            float[] own = ParameterValues.Of(weighted);
            for (int row = 0; row < sums.Length; row++)
                sums[row] += own[row];
        }

        return sums;
    }

    /// <summary>The objective's value; the caller's.</summary>
    public Tensor Head(Tensor trunk) => _headInput is null ? trunk.alias()
        : _executor.RunFrom(new Dictionary<string, Tensor> { [_headInput] = trunk }, _objective.ValueName)[0];

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
        return fits ? PositionRange.Cut(shape[1], _chunkBytes / (shape[0] * ClassesOf(trunk) * sizeof(float))) : [PositionRange.All];
    }

    private long ClassesOf(Tensor trunk)
    {
        if (_classes > 0)
            return _classes;
        using var _ = no_grad();
        using Tensor first = trunk.narrow(1, 0, 1), value = Head(first);
        return _classes = value.shape[^1];
    }
}
