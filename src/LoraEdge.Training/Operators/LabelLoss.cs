using LoraEdge.Onnx;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>The negative log probability of the labels, weighted and reduced.</summary>
/// <param name="Node">The node, for messages.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Ignored">A label that counts for nothing; null for none. It need not be a class.</param>
/// <param name="Reduction"><c>mean</c> (by weight), <c>sum</c> or <c>none</c>.</param>
internal sealed record LabelLoss(OnnxNode Node, long Classes, long? Ignored, string Reduction)
{
    /// <summary>The loss: a scalar, or of the labels' shape without a reduction.</summary>
    /// <param name="logProbabilities">(N, C, d1, ...).</param>
    /// <param name="labels">(N, d1, ...).</param>
    /// <param name="weights">(C); null for weights of 1.</param>
    /// <exception cref="InvalidInputException">A label is not a class.</exception>
    public Tensor Of(Tensor logProbabilities, Tensor labels, Tensor? weights)
    {
        using Tensor wide = labels.to(ScalarType.Int64);
        using Tensor? ignored = Ignored is { } label ? wide.eq(Number.Of(label)) : null;
        using Tensor classes = ignored is null ? wide.alias() : wide.masked_fill(ignored, Number.Of(0));
        RequireClasses(classes);
        using Tensor? shares = SharesOf(classes, ignored, weights, logProbabilities.dtype);
        using Tensor losses = Losses(logProbabilities, classes, ignored, weights is null ? null : shares);
        return Reduced(losses, shares);
    }

    private Tensor Losses(Tensor logProbabilities, Tensor classes, Tensor? ignored, Tensor? shares)
    {
        using Tensor index = classes.unsqueeze(1), column = logProbabilities.gather(1, index), picked = column.squeeze(1), negative = picked.neg();
        using Tensor weighted = shares is null ? negative.alias() : negative.mul(shares);
        // Not by a weight of zero: a label that is ignored may have probability zero, and its logarithm times zero is no number.
        return ignored is null ? weighted.alias() : weighted.masked_fill(ignored, Number.Of(0));
    }

    private Tensor Reduced(Tensor losses, Tensor? shares)
    {
        if (Reduction == "none")
            return losses.alias();
        if (Reduction == "mean" && shares is null)
            return losses.mean();
        Tensor sum = losses.sum();
        if (Reduction == "sum")
            return sum;
        using (sum)
        using (Tensor total = shares!.sum())
            return sum.div(total);
    }

    /// <summary>What each label counts; null when all count the same.</summary>
    private static Tensor? SharesOf(Tensor classes, Tensor? ignored, Tensor? weights, ScalarType type)
    {
        if (weights is null && ignored is null)
            return null;
        using Tensor flat = classes.reshape(-1), picked = weights is null ? ones_like(flat, type) : weights.index_select(0, flat), shares = picked.reshape(classes.shape);
        return ignored is null ? shares.alias() : shares.masked_fill(ignored, Number.Of(0));
    }

    private void RequireClasses(Tensor classes)
    {
        if (classes.numel() == 0)
            return;
        using Tensor lowest = classes.min(), highest = classes.max();
        long low = lowest.item<long>(), high = highest.item<long>();
        if (low < 0 || high >= Classes)
            throw new InvalidInputException($"Node '{Node.DisplayName}' ({Node.OpType}) has the label {(low < 0 ? low : high)} for {Classes} classes; give labels from 0 to {Classes - 1}.");
    }
}
