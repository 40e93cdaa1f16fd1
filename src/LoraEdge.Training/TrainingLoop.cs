using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;

namespace LoraEdge.Training;

/// <summary>
/// Trains whatever a <see cref="TrainableWeights"/> offers: a step is sample, differentiate, update; every so
/// often the held-out records decide which version is the best, and when to stop.
/// </summary>
internal sealed class TrainingLoop : IDisposable
{
    private const int SmallestHeldOutBatch = 128;

    private readonly TrainableWeights _weights;
    private readonly Objective _objective;
    private readonly IReadOnlyList<Interaction> _records;
    private readonly IReadOnlyList<Interaction> _heldOut;
    private readonly TrainingOptions _options;
    private readonly LossPass _pass;
    private readonly RecordSampler _sampler;
    private readonly AdamW _optimizer;
    private readonly long _evaluationInterval;
    private readonly int _heldOutBatch;
    private readonly int _classCount;
    private readonly double _baseLoss;
    private float[][] _best;
    private double _bestLoss;
    private long _bestStep;
    private long _step;
    private int _stale;
    private double _lossSum;
    private int _lossCount;
    private double _loss = double.NaN;
    private double _heldOutLoss;
    private HeldOutLoss? _evaluation;

    /// <summary>Prepares training; the loop borrows <paramref name="weights"/>, which are where <paramref name="placement"/> says.</summary>
    public TrainingLoop(OnnxModel model, TrainableWeights weights, Objective objective, IReadOnlyList<Interaction> records,
        IReadOnlyList<Interaction> heldOut, TrainingOptions options, RunLimits limits, Placement placement)
    {
        SupportCheck.Require(model, ObjectiveValues.Of(model, objective));
        int largestBatch = BatchAxis.Require(model, objective, options.BatchSize);
        if (records.Count == 0)
            throw new InvalidInputException("There are no records to train on.");
        RecordCheck.Require(model, objective, records);
        RecordCheck.Require(model, objective, heldOut);
        (_weights, _objective, _records, _heldOut, _options) = (weights, objective, records, heldOut, options);
        _heldOutBatch = Math.Min(largestBatch, Math.Max(options.BatchSize, SmallestHeldOutBatch));
        _sampler = new RecordSampler(records, options.BatchSize, options.SamplingSeed);
        PlannedSteps = (long)_sampler.BatchesPerEpoch * options.MaxEpochs;
        _evaluationInterval = Math.Max(1, _sampler.BatchesPerEpoch / options.EvaluationsPerEpoch);
        _optimizer = new AdamW(weights.Parameters, _ => options.WeightDecay);
        _best = weights.Capture();
        _pass = new LossPass(model, objective, weights, LossMemory.Of(options, limits, placement), placement);
        try
        {
            _classCount = _pass.RequireFit(records[0]);
            RecordCheck.RequireClasses(objective, records, _classCount);
            RecordCheck.RequireClasses(objective, heldOut, _classCount);
            HeldOutLoss frozen = NewEvaluation().Finish();
            if (frozen.IsEmpty)
                _heldOut = [];
            _baseLoss = _bestLoss = _heldOutLoss = frozen.Mean;
        }
        catch
        {
            _pass.Dispose();
            throw;
        }
    }

    /// <summary>Steps when training does not stop early.</summary>
    public long PlannedSteps { get; }

    /// <summary>How far training is.</summary>
    public TrainingProgress Progress => new(_step, PlannedSteps, _lossCount > 0 ? _lossSum / _lossCount : _loss, _heldOutLoss, _bestLoss, _weights.Clamped);

    /// <summary>What the best version was trained on.</summary>
    public TrainingSummary Summary => new()
    {
        Records = _records.Count,
        Steps = _bestStep,
        HeldOutRecords = _heldOut.Count,
        BaseLoss = (float)_baseLoss,
        AdaptedLoss = (float)_bestLoss,
    };

    private string Advice => _options.WeightType == WeightType.Float16
        ? $"Lower the learning rate ({_options.LearningRate}), or set WeightType to BFloat16, which holds larger numbers."
        : $"Lower the learning rate ({_options.LearningRate}).";

    private bool IsDone => _step >= PlannedSteps || _stale >= _options.Patience;

    /// <summary>One optimizer step, or, while an evaluation is due, one batch of held-out records.</summary>
    /// <returns>Whether there is more to do.</returns>
    public bool Step()
    {
        if (_evaluation is not null)
            return Evaluate(_evaluation);
        if (IsDone)
            return false;
        Update(Differentiate(_sampler.Next()));
        _step++;
        if (_step % _evaluationInterval != 0 && _step != PlannedSteps)
            return true;
        _evaluation = NewEvaluation();
        return _heldOut.Count > 0 || Evaluate(_evaluation);
    }

    /// <summary>Reads something from the weights while they hold the best version. Training can go on afterwards.</summary>
    public T AtBest<T>(Func<T> read)
    {
        float[][] present = _weights.Capture();
        _weights.Restore(_best);
        try
        {
            return read();
        }
        finally
        {
            _weights.Restore(present);
        }
    }

    /// <summary>Gives back the memory of all that the next step can make again.</summary>
    public void ReleaseCaches() => _pass.Executor.ReleaseCaches();

    /// <inheritdoc />
    public void Dispose() => _pass.Dispose();

    /// <summary>Leaves the gradients of a batch in the parameters.</summary>
    /// <returns>Their norm; they themselves are larger by the pass's scale.</returns>
    private double Differentiate(IReadOnlyList<Interaction> records)
    {
        _weights.ClearGradients();
        double loss = _pass.Backward(records, _classCount);
        if (double.IsNaN(loss) || double.IsInfinity(loss))
            throw new TrainingFailedException($"The loss became {loss} at step {_step} of {PlannedSteps}; nothing was stored. {Advice}");
        double norm = _optimizer.GradientNorm() / _pass.GradientScale;
        bool isFinite = !double.IsNaN(norm) && !double.IsInfinity(norm);
        if (!isFinite && _pass.LowerGradientScale())
            return Differentiate(records);
        if (!isFinite)
            throw new TrainingFailedException($"The gradient's norm became {norm} at step {_step} of {PlannedSteps}; nothing was stored. {Advice}");
        _lossSum += loss;
        _lossCount++;
        return norm;
    }

    private void Update(double norm)
    {
        _optimizer.Step(LearningRate.At(_step, PlannedSteps, _options.LearningRate), GradientClip.Factor(norm, _options.GradientClipNorm) / _pass.GradientScale);
        _weights.Constrain();
    }

    private HeldOutLoss NewEvaluation() => new(_pass, _heldOut, _heldOutBatch, _classCount);

    private bool Evaluate(HeldOutLoss evaluation)
    {
        if (evaluation.Advance())
            return true;
        _evaluation = null;
        Judge(evaluation.Mean);
        return !IsDone;
    }

    /// <summary>Keeps the present version when it is the best, and counts how long none was.</summary>
    private void Judge(double heldOutLoss)
    {
        (_loss, _lossSum, _lossCount) = (_lossSum / _lossCount, 0, 0);
        _heldOutLoss = heldOutLoss;
        if (_heldOut.Count > 0 && !(_heldOutLoss < _bestLoss))
        {
            _stale++;
            return;
        }

        (_best, _bestLoss, _bestStep, _stale) = (_weights.Capture(), _heldOutLoss, _step, 0);
    }
}
