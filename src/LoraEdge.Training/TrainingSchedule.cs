using LoraEdge.Training.Records;

namespace LoraEdge.Training;

/// <summary>What is fixed before the first step of a training: how many steps there are, how large what runs at a time is, and when held-out records judge.</summary>
internal sealed class TrainingSchedule
{
    private const int SmallestHeldOutBatch = 128;

    private readonly TrainingOptions _options;
    private readonly long _evaluationInterval;

    /// <summary>Makes the schedule of a request.</summary>
    /// <param name="request">Objective, records and options.</param>
    /// <param name="largestBatch">The most records that the model takes at a time.</param>
    /// <param name="batchesPerEpoch">Batches until every record was drawn once.</param>
    public TrainingSchedule(TrainingRequest request, int largestBatch, int batchesPerEpoch)
    {
        _options = request.Options;
        // Records without weight, or with targets at no position, judge nothing.
        HeldOut = LossWeights.Of(request.Objective, request.HeldOut) > 0 ? request.HeldOut : [];
        HeldOutBatch = Math.Min(largestBatch, _options.SliceSize ?? Math.Max(_options.BatchSize, SmallestHeldOutBatch));
        Steps = (long)batchesPerEpoch * _options.MaxEpochs;
        _evaluationInterval = Math.Max(1, batchesPerEpoch / _options.EvaluationsPerEpoch);
    }

    /// <summary>The records that judge; none where nothing does.</summary>
    public IReadOnlyList<Interaction> HeldOut { get; }

    /// <summary>How many of them are scored at a time.</summary>
    public int HeldOutBatch { get; }

    /// <summary>Records that are run at a time.</summary>
    public int SliceSize => BatchAxis.SliceOf(_options);

    /// <summary>Steps when training does not stop early.</summary>
    public long Steps { get; }

    /// <summary>Whether training ends here: all steps are done, or nothing has got better for too long.</summary>
    public bool EndsAt(TrainingCounters at) => at.Step >= Steps || at.Stale >= _options.Patience;

    /// <summary>Whether an evaluation follows after so many steps.</summary>
    public bool EvaluatesAfter(long step) => step % _evaluationInterval == 0 || step == Steps;

    /// <summary>The learning rate of the step after so many.</summary>
    public double LearningRateAfter(long step) => LearningRate.At(step, Steps, _options.LearningRate);
}
