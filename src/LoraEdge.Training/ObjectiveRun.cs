using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;

namespace LoraEdge.Training;

/// <summary>Runs a model for its objective on batches that a caller hands in, which are checked first.</summary>
internal sealed class ObjectiveRun : IDisposable
{
    private readonly OnnxModel _model;
    private readonly Objective _objective;
    private readonly LossPass _pass;
    private int _classCount;

    /// <param name="model">The model.</param>
    /// <param name="objective">What is minimised.</param>
    /// <param name="weights">What is trained, borrowed.</param>
    /// <param name="placement">Where the model is run.</param>
    public ObjectiveRun(OnnxModel model, Objective objective, TrainableWeights weights, Placement placement) =>
        (_model, _objective, _pass) = (model, objective, new LossPass(model, objective, weights, null, placement));

    /// <summary>Checks the records of a batch.</summary>
    /// <exception cref="InvalidInputException">A record does not fit the model, the objective or the rest of the batch.</exception>
    public void RequireBatch(IReadOnlyList<Interaction> records)
    {
        Check(records);
        RecordCheck.RequireOneShape(records);
    }

    /// <summary>Adds to the gradients of what is trained.</summary>
    /// <param name="records">A batch that <see cref="RequireBatch"/> has accepted.</param>
    /// <returns>The mean loss.</returns>
    public double Backward(IReadOnlyList<Interaction> records) => _pass.Backward(records, _classCount);

    /// <summary>Mean loss on records of any shapes, without gradients.</summary>
    /// <param name="records">The records, at least one.</param>
    /// <param name="batchSize">Records at a time, at least one.</param>
    /// <exception cref="InvalidInputException">A record does not fit.</exception>
    /// <exception cref="InvalidOptionsException">There are no records in a batch.</exception>
    public double Evaluate(IReadOnlyList<Interaction> records, int batchSize)
    {
        if (batchSize < 1)
            throw new InvalidOptionsException($"{nameof(batchSize)} is {batchSize}; it must be 1 or more.");
        Check(records);
        return HeldOutLoss.Of(_pass, records, batchSize, _classCount);
    }

    /// <inheritdoc />
    public void Dispose() => _pass.Dispose();

    private void Check(IReadOnlyList<Interaction> records)
    {
        if (records.Count == 0)
            throw new InvalidInputException("There are no records; hand in one or more.");
        RecordCheck.Require(_model, _objective, records);
        if (_classCount == 0)
            _classCount = _pass.RequireFit(records[0]);
        RecordCheck.RequireClasses(_objective, records, _classCount);
    }
}
