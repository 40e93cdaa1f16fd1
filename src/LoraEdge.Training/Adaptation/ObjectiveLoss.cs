using LoraEdge.Training.Records;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>The objective's loss on a batch.</summary>
internal static class ObjectiveLoss
{
    /// <summary>Smallest probability that a logarithm is taken of.</summary>
    private const float Tiny = 1e-30f;

    /// <summary>Marks a position without a target among columns: the objective's ignore index may be one of them.</summary>
    private const long NoColumn = -1;

    /// <summary>Sum of the losses of each record, shape <c>(N)</c>.</summary>
    /// <exception cref="LoraEdgeException">Value, loss and targets do not go together.</exception>
    public static Tensor PerRecord(Objective objective, Tensor value, RecordBatch batch)
    {
        ObjectiveCheck.RequireFit(objective, value, batch);
        return objective.Loss switch
        {
            LossKind.CrossEntropy => SingleClass(objective, value, batch),
            LossKind.SequenceCrossEntropy => EveryPosition(objective, value, batch),
            _ => Regression(objective, value, batch),
        };
    }

    /// <summary>Scores of shape <c>(N, C)</c>, such that log_softmax of them are the log-probabilities.</summary>
    public static Tensor ScoresAt(Objective objective, Tensor value)
    {
        long[] shape = value.shape;
        if (shape.Length == 2)
            return AsScores(objective.Form, value);
        long position = objective.Position < 0 ? objective.Position + shape[1] : objective.Position;
        using Tensor chosen = value.select(1, position);
        return AsScores(objective.Form, chosen);
    }

    private static Tensor AsScores(ObjectiveForm form, Tensor value)
    {
        using Tensor wide = value.to(ScalarType.Float32);
        if (form != ObjectiveForm.Probabilities)
            return wide.alias();
        using Tensor positive = wide.clamp_min(Number.Of(Tiny));
        return positive.log();
    }

    private static Tensor SingleClass(Objective objective, Tensor value, RecordBatch batch)
    {
        using Tensor scores = ScoresAt(objective, value);
        using Tensor possible = Restrict(scores, batch);
        using Tensor logs = nn.functional.log_softmax(possible, 1);
        using Tensor target = TargetColumn(batch), picked = logs.gather(1, target), flat = picked.reshape(-1);
        return flat.neg();
    }

    private static Tensor Restrict(Tensor scores, RecordBatch batch)
    {
        if (batch.Allowed is null)
            return scores.alias();
        using Tensor chosen = scores.gather(1, batch.Allowed);
        return chosen.add(batch.Padding!, Number.One);
    }

    /// <summary>Column of the target among the columns that <see cref="Restrict"/> leaves.</summary>
    private static Tensor TargetColumn(RecordBatch batch)
    {
        using Tensor column = batch.Classes!.unsqueeze(1);
        if (batch.Allowed is null)
            return column.alias();
        using Tensor hits = batch.Allowed.eq(column), real = batch.Padding!.eq(Number.Of(0)), both = hits.logical_and(real), numbers = both.to(ScalarType.Int64);
        return numbers.argmax(1, keepdim: true);
    }

    private static Tensor EveryPosition(Objective objective, Tensor value, RecordBatch batch)
    {
        using Tensor all = AsScores(objective.Form, value), possible = RestrictPositions(all, batch), scores = possible.reshape(-1, possible.shape[^1]);
        using Tensor columns = TargetColumns(objective, batch, value.shape[1]), flat = columns.reshape(-1);
        using Tensor losses = nn.functional.cross_entropy(scores, flat, ignore_index: batch.Allowed is null ? objective.IgnoreIndex : NoColumn, reduction: nn.Reduction.None);
        using Tensor byRecord = losses.reshape(value.shape[0], -1);
        return byRecord.sum(1);
    }

    private static Tensor RestrictPositions(Tensor scores, RecordBatch batch)
    {
        if (batch.Allowed is null)
            return scores.alias();
        using Tensor allowed = batch.Allowed.unsqueeze(1), index = allowed.expand(-1, scores.shape[1], -1), chosen = scores.gather(2, index), padding = batch.Padding!.unsqueeze(1);
        return chosen.add(padding, Number.One);
    }

    /// <summary>Column of the target at every position, shape <c>(N, T)</c>; where there is none, <see cref="NoColumn"/> or, without a mask, the ignore index.</summary>
    private static Tensor TargetColumns(Objective objective, RecordBatch batch, long positions)
    {
        using Tensor classes = batch.Classes!.reshape(-1, positions);
        if (batch.Allowed is null)
            return classes.alias();
        using Tensor targets = classes.unsqueeze(2), allowed = batch.Allowed.unsqueeze(1), padding = batch.Padding!.unsqueeze(1);
        using Tensor hits = targets.eq(allowed), real = padding.eq(Number.Of(0));
        using Tensor both = hits.logical_and(real), numbers = both.to(ScalarType.Int64), columns = numbers.argmax(2);
        using Tensor ignored = classes.eq(Number.Of(objective.IgnoreIndex));
        return columns.masked_fill(ignored, Number.Of(NoColumn));
    }

    private static Tensor Regression(Objective objective, Tensor value, RecordBatch batch)
    {
        using Tensor flat = value.reshape(value.shape[0], -1), wide = flat.to(ScalarType.Float32);
        using Tensor losses = objective.Loss == LossKind.MeanSquaredError
            ? nn.functional.mse_loss(wide, batch.Values!, nn.Reduction.None)
            : nn.functional.huber_loss(wide, batch.Values!, objective.HuberDelta, nn.Reduction.None);
        return losses.sum(1);
    }
}
