namespace LoraEdge.Tests.Gating;

/// <summary>Feeds a gate with made-up losses, every record different from the others.</summary>
internal static class Scores
{
    private static long s_next;

    public static RecordHash NewRecord() => new((ulong)Interlocked.Increment(ref s_next), 0);

    /// <summary>Adds one record whose base loss is 1.</summary>
    public static GateDecision Add(this PromotionGate gate, double overBase, double? overUsed = null) =>
        gate.Add(1, overUsed is { } used ? 1 - overBase + used : null, 1 - overBase, NewRecord());

    /// <summary>Adds equal records until the gate decides, and says after how many.</summary>
    public static (GateDecision Decision, int Records) Decide(this PromotionGate gate, double overBase, double? overUsed = null, int most = 100_000)
    {
        for (int i = 1; i <= most; i++)
        {
            GateDecision decision = gate.Add(overBase, overUsed);
            if (decision != GateDecision.Gather)
                return (decision, i);
        }

        return (GateDecision.Gather, most);
    }
}
