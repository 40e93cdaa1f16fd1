using LoraEdge.Training.Records;

namespace LoraEdge.Training;

/// <summary>The objective's mean loss on records that are not trained on.</summary>
internal static class HeldOutLoss
{
    /// <summary>Weighted mean over everything that carries a target; NaN when nothing does.</summary>
    public static double Mean(LossPass pass, IReadOnlyList<Interaction> records, int batchSize, int classCount)
    {
        double sum = 0, weights = 0;
        foreach (List<Interaction> group in RecordSampler.InOrder(records, batchSize))
        {
            using RecordBatch batch = RecordBatcher.Create(group, classCount);
            (double losses, double weight) = pass.Score(batch);
            sum += losses;
            weights += weight;
        }

        return weights > 0 ? sum / weights : double.NaN;
    }
}
