namespace LoraEdge.Training;

/// <summary>The numbers that tell how far a training is, and how it does. Held-out losses are NaN when there is nothing to judge by.</summary>
internal sealed record TrainingCounters
{
    /// <summary>Optimizer steps done.</summary>
    public long Step { get; init; }

    /// <summary>Steps done when the best version was met; 0 for what training started from.</summary>
    public long BestStep { get; init; }

    /// <summary>Evaluations since then.</summary>
    public int Stale { get; init; }

    /// <summary>Mean held-out loss of the frozen model.</summary>
    public double BaseLoss { get; init; } = double.NaN;

    /// <summary>That of the best version.</summary>
    public double BestLoss { get; init; } = double.NaN;

    /// <summary>The latest one.</summary>
    public double HeldOutLoss { get; init; } = double.NaN;

    /// <summary>Mean training loss between the last two evaluations; NaN before the second.</summary>
    public double EarlierLoss { get; init; } = double.NaN;

    /// <summary>Sum of the training losses since the last evaluation.</summary>
    public double LossSum { get; init; }

    /// <summary>How many these are.</summary>
    public int LossCount { get; init; }

    /// <summary>Mean training loss since the last evaluation, or before it when no step was done since.</summary>
    public double Loss => LossCount > 0 ? LossSum / LossCount : EarlierLoss;

    /// <summary>After another step.</summary>
    /// <param name="loss">The mean loss of its batch.</param>
    public TrainingCounters Stepped(double loss) => this with { Step = Step + 1, LossSum = LossSum + loss, LossCount = LossCount + 1 };

    /// <summary>After an evaluation of the present version. It is the best where there is nothing to judge by.</summary>
    /// <param name="heldOutLoss">Its mean held-out loss.</param>
    public TrainingCounters Judged(double heldOutLoss)
    {
        TrainingCounters judged = this with { EarlierLoss = Loss, LossSum = 0, LossCount = 0, HeldOutLoss = heldOutLoss };
        return heldOutLoss < BestLoss || double.IsNaN(heldOutLoss)
            ? judged with { BestStep = Step, BestLoss = heldOutLoss, Stale = 0 }
            : judged with { Stale = Stale + 1 };
    }
}
