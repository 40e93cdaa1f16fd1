using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;

namespace LoraEdge.Training;

/// <summary>
/// Trains whatever a <see cref="TrainableWeights"/> offers: a step is sample, differentiate slice by slice, update; every so
/// often the held-out records decide which version is the best, and when to stop.
/// </summary>
internal sealed class TrainingLoop : IDisposable
{
    private readonly TrainableWeights _weights;
    private readonly TrainingRequest _request;
    private readonly TrainingOptions _options;
    private readonly TrainingSchedule _schedule;
    private readonly LossPass _pass;
    private readonly RecordSampler _sampler;
    private readonly AdamW _optimizer;
    private readonly int _classCount;
    private TrainingCounters _at = new();
    private long _clampedBefore;
    private float[][] _best;
    private SlicedBatch? _batch;
    private HeldOutLoss? _evaluation;
    private Exception? _failure;

    /// <summary>Prepares training; the loop borrows the weights.</summary>
    /// <param name="model">The model.</param>
    /// <param name="weights">What is trained, with the values of the frozen model.</param>
    /// <param name="request">Objective, records and options.</param>
    /// <param name="placement">Where the weights are.</param>
    /// <param name="initial">The values that training starts from. Default: those of the frozen model.</param>
    /// <param name="resumed">The state that training goes on from. Default: none, it starts.</param>
    public TrainingLoop(OnnxModel model, TrainableWeights weights, TrainingRequest request, Placement placement, float[][]? initial = null, TrainingState? resumed = null)
    {
        TrainingOptions options = request.Options;
        int largestBatch = LargestBatch(model, request);
        (_weights, _request, _options) = (weights, request, options);
        _sampler = new RecordSampler(request.Records, options.BatchSize, options.SamplingSeed);
        _schedule = new TrainingSchedule(request, largestBatch, _sampler.BatchesPerEpoch);
        _optimizer = new AdamW(weights.Parameters, _ => options.WeightDecay);
        _best = weights.Capture();
        TorchThreads.Use(options.Threads);
        _pass = new LossPass(model, request.Objective, weights, LossMemory.Of(options, request.Limits, placement), placement);
        try
        {
            _classCount = _pass.RequireFit(request.Records[0]);
            RecordCheck.RequireClasses(request.Objective, request.Records, _classCount);
            RecordCheck.RequireClasses(request.Objective, request.HeldOut, _classCount);
            if (options.SliceSize is not null)
                WarmUp();
            if (resumed is null)
                Begin(initial);
            else
                GoOn(resumed);
        }
        catch
        {
            _pass.Dispose();
            throw;
        }
    }

    /// <summary>Steps when training does not stop early.</summary>
    public long PlannedSteps => _schedule.Steps;

    /// <summary>How far training is.</summary>
    public TrainingProgress Progress => new(_at.Step, PlannedSteps, _at.Loss, _at.HeldOutLoss, _at.BestLoss, Clamped);

    /// <summary>What the best version was trained on.</summary>
    public TrainingSummary Summary => new()
    {
        Records = _request.Records.Count,
        Steps = _at.BestStep,
        HeldOutRecords = _schedule.HeldOut.Count,
        BaseLoss = (float)_at.BaseLoss,
        AdaptedLoss = (float)_at.BestLoss,
    };

    private long Clamped => _clampedBefore + _weights.Clamped;

    /// <summary>Runs one slice of a batch, and with the last an optimizer step; or, while an evaluation is due, one of held-out records.</summary>
    /// <returns>Whether there is more to do.</returns>
    public bool Step()
    {
        if (_failure is not null)
            throw new TrainingFailedException($"Training has ended with an error: {_failure.Message}", _failure);
        try
        {
            return Advance();
        }
        catch (Exception error)
        {
            // Gradients may be those of half a slice.
            _failure = error;
            throw;
        }
    }

    /// <summary>What training has become; that of the last step where some slices of the next one have run.</summary>
    /// <exception cref="TrainingFailedException">A number is not finite.</exception>
    public TrainingState State()
    {
        var state = new TrainingState(_at, Clamped, _pass.GradientScale, _evaluation?.Sums, _weights.Capture(), _best, [.. _optimizer.First], [.. _optimizer.Second]);
        Finite(FiniteCheck.FirstBad([.. state.Values, .. state.First, .. state.Second]), "What is trained");
        return state;
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

    /// <summary>Checks what can be checked before anything runs.</summary>
    /// <returns>The most records that the model takes at a time.</returns>
    private static int LargestBatch(OnnxModel model, TrainingRequest request)
    {
        SupportCheck.Require(model, ObjectiveValues.Of(model, request.Objective));
        int largest = BatchAxis.Require(model, request.Objective, request.Options);
        if (request.Records.Count == 0)
            throw new InvalidInputException("There are no records to train on. Hand in one or more.");
        RecordCheck.Require(model, request.Objective, request.Records);
        RecordCheck.Require(model, request.Objective, request.HeldOut);
        return largest;
    }

    private bool Advance()
    {
        TorchThreads.Use(_options.Threads);
        if (_evaluation is not null)
            return Evaluate(_evaluation);
        if (_schedule.EndsAt(_at))
            return false;
        _batch ??= NextBatch();
        if (Differentiate(_batch) is not { } norm)
            return true;
        Update(norm);
        _at = _at.Stepped(_batch.Loss);
        _batch = null;
        if (!_schedule.EvaluatesAfter(_at.Step))
            return true;
        _evaluation = NewEvaluation();
        return _schedule.HeldOut.Count > 0 || Evaluate(_evaluation);
    }

    /// <summary>Makes the plan of a slice, so that the first step, on a thread that may have little time, takes no longer than others.</summary>
    private void WarmUp() => _pass.Score(RecordSampler.InOrder(_request.Records, _schedule.SliceSize).First(), _classCount);

    private void Begin(float[][]? initial)
    {
        double loss = HeldOut(NewEvaluation().Finish(), "The frozen model's loss");
        _at = _at with { BaseLoss = loss, BestLoss = loss, HeldOutLoss = loss };
        if (initial is null)
            return;
        _weights.Restore(initial);
        loss = HeldOut(NewEvaluation().Finish(), "The initial adapter's loss");
        (_at, _best) = (_at with { BestLoss = loss, HeldOutLoss = loss }, initial);
    }

    private void GoOn(TrainingState state)
    {
        if (state.Counters.Step < 0 || state.Counters.Step > PlannedSteps)
            throw new InvalidCheckpointException($"The checkpoint is at step {state.Counters.Step} of {PlannedSteps}. Delete it and start training afresh.");
        for (long drawn = 0; drawn < state.Counters.Step; drawn++)
            _sampler.Next();
        _weights.Restore(state.Values);
        _optimizer.Restore(state.Counters.Step, state.First, state.Second);
        (_at, _best, _clampedBefore, _pass.GradientScale) = (state.Counters, state.Best, state.Clamped, state.GradientScale);
        if (state.Evaluation is { } sums)
            _evaluation = NewEvaluation(sums);
    }

    private SlicedBatch NextBatch()
    {
        _weights.ClearGradients();
        return new SlicedBatch(_pass, _sampler.Next(), _schedule.SliceSize, _classCount);
    }

    /// <summary>Adds a slice to the gradients in the parameters.</summary>
    /// <returns>Their norm once they are those of the whole batch, else null; they themselves are larger by the pass's scale.</returns>
    private double? Differentiate(SlicedBatch batch)
    {
        batch.Advance();
        Finite(batch.Loss, "The loss");
        if (!batch.IsComplete)
            return null;
        double norm = _optimizer.GradientNorm() / _pass.GradientScale;
        if (FiniteCheck.IsFinite(norm) || !_pass.LowerGradientScale())
            return Finite(norm, "The gradient's norm");
        _weights.ClearGradients();
        batch.Restart();
        return null;
    }

    private void Update(double norm)
    {
        _optimizer.Step(_schedule.LearningRateAfter(_at.Step), GradientClip.Factor(norm, _options.GradientClipNorm) / _pass.GradientScale);
        _weights.Constrain();
    }

    private HeldOutLoss NewEvaluation(HeldOutSums sums = default) => new(_pass, _schedule.HeldOut, _schedule.HeldOutBatch, _classCount, sums);

    private bool Evaluate(HeldOutLoss evaluation)
    {
        if (evaluation.Advance())
            return true;
        _evaluation = null;
        float[][] present = _weights.Capture();
        Finite(FiniteCheck.FirstBad(present), "A trained weight");
        _at = _at.Judged(HeldOut(evaluation, "The loss on held-out records"));
        if (_at.BestStep == _at.Step)
            _best = present;
        return !_schedule.EndsAt(_at);
    }

    private double HeldOut(HeldOutLoss evaluation, string what) => _schedule.HeldOut.Count == 0 ? double.NaN : Finite(evaluation.Mean, what);

    private double Finite(double value, string what) => FiniteCheck.Require(value, what, $"step {_at.Step} of {PlannedSteps}", _options);
}
