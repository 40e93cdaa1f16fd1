using LoraEdge.Training.Records;

namespace LoraEdge.Training;

/// <summary>The objective's mean loss on records that are not trained on, scored one batch at a time.</summary>
internal sealed class HeldOutLoss
{
    private readonly LossPass _pass;
    private readonly Queue<IReadOnlyList<Interaction>> _batches;
    private readonly int _classCount;

    /// <param name="pass">Runs the model, borrowed.</param>
    /// <param name="records">The records.</param>
    /// <param name="batchSize">Records at a time.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="sums">What was summed up before. Default: nothing.</param>
    public HeldOutLoss(LossPass pass, IReadOnlyList<Interaction> records, int batchSize, int classCount, HeldOutSums sums = default)
    {
        (_pass, _classCount, Sums) = (pass, classCount, sums);
        _batches = new Queue<IReadOnlyList<Interaction>>(RecordSampler.InOrder(records, batchSize).Skip(sums.Batches));
    }

    /// <summary>What is summed up so far.</summary>
    public HeldOutSums Sums { get; private set; }

    /// <summary>Weighted mean over everything that was scored and carries a target; NaN when nothing does.</summary>
    public double Mean => IsEmpty ? double.NaN : Sums.Losses / Sums.Weights;

    /// <summary>Whether nothing that was scored carries a target: all weights are 0, or all positions are ignored.</summary>
    public bool IsEmpty => Sums.Weights == 0;

    /// <summary>The mean over all records, at once.</summary>
    public static double Of(LossPass pass, IReadOnlyList<Interaction> records, int batchSize, int classCount) =>
        new HeldOutLoss(pass, records, batchSize, classCount).Finish().Mean;

    /// <summary>Scores all that is left.</summary>
    public HeldOutLoss Finish()
    {
        while (Advance())
        {
        }

        return this;
    }

    /// <summary>Scores the next batch.</summary>
    /// <returns>Whether there are more.</returns>
    public bool Advance()
    {
        if (_batches.Count == 0)
            return false;
        (double losses, double weights) = _pass.Score(_batches.Dequeue(), _classCount);
        Sums = new HeldOutSums(Sums.Batches + 1, Sums.Losses + losses, Sums.Weights + weights);
        return _batches.Count > 0;
    }
}
