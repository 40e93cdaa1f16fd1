using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>
/// The cross-entropy at every position, with its gradient written out: <c>softmax(scores) - onehot(target)</c>. Autograd would
/// keep the log-probabilities and make two more tensors of their size, and over a vocabulary each is larger than the rest of
/// a small model's values together.
/// </summary>
internal static class SequenceGradient
{
    /// <summary>Adds to the gradients of all that leads to the scores.</summary>
    /// <param name="objective">The objective; its form is not probabilities.</param>
    /// <param name="value">The objective's value, shape <c>(N, T, C)</c>.</param>
    /// <param name="batch">Records with T targets each.</param>
    /// <param name="norm">What the sum of all losses is divided by; a scalar.</param>
    /// <returns>The loss, divided by <paramref name="norm"/>.</returns>
    public static double Backward(Objective objective, Tensor value, RecordBatch batch, Tensor norm)
    {
        ObjectiveCheck.RequireFit(objective, value, batch);
        using Tensor gradient = Gradient(objective, value, batch, norm, out double loss);
        if (!double.IsNaN(loss) && !double.IsInfinity(loss) && value.requires_grad)
            autograd.backward([value], [gradient]);
        return loss;
    }

    private static Tensor Gradient(Objective objective, Tensor value, RecordBatch batch, Tensor norm, out double loss)
    {
        using var _ = no_grad();
        long[] shape = value.shape;
        using Tensor scores = value.reshape(-1, shape[^1]), wide = scores.to(ScalarType.Float32), logs = nn.functional.log_softmax(wide, 1);
        using Tensor given = batch.Classes!.reshape(-1), counted = given.ne(Number.Of(objective.IgnoreIndex)), target = given.mul(counted), column = target.unsqueeze(1);
        using Tensor recordWeights = batch.Weights.div(norm), spread = recordWeights.unsqueeze(1), everywhere = spread.expand(shape[0], shape[1]), flat = everywhere.reshape(-1), factors = flat.mul(counted), rows = factors.unsqueeze(1);
        using Tensor picked = logs.gather(1, column), weighted = picked.mul(rows), sum = weighted.sum();
        loss = -sum.item<float>();
        using Tensor one = full_like(picked, Number.Of(-1));
        logs.exp_();
        logs.scatter_add_(1, column, one);
        logs.mul_(rows);
        using Tensor narrow = logs.to(value.dtype);
        return narrow.reshape(shape);
    }
}
