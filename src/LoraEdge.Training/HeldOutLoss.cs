using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;
using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>The objective's mean loss on records that are not trained on.</summary>
internal static class HeldOutLoss
{
    /// <summary>Weighted mean over everything that carries a target; NaN when nothing does.</summary>
    public static double Mean(GraphExecutor executor, Objective objective, IReadOnlyList<Interaction> records, int batchSize, int classCount)
    {
        using var _ = no_grad();
        double sum = 0, count = 0;
        foreach (List<Interaction> group in RecordSampler.InOrder(records, batchSize))
        {
            using RecordBatch batch = RecordBatcher.Create(group, classCount);
            using Tensor value = executor.Run(batch.Inputs, objective.ValueName)[0];
            (Tensor losses, Tensor counts) = ObjectiveLoss.PerRecord(objective, value, batch);
            using (losses)
            using (counts)
            {
                sum += WeightedSum(losses, batch.Weights);
                count += WeightedSum(counts, batch.Weights);
            }
        }

        return count > 0 ? sum / count : double.NaN;
    }

    private static double WeightedSum(Tensor values, Tensor weights)
    {
        using Tensor weighted = values.mul(weights), sum = weighted.sum();
        return sum.item<float>();
    }
}
