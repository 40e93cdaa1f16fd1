namespace LoraEdge;

/// <summary>
/// How much each of several concurrent adapters counts, so that every distinct record counts once. For each device, the heads
/// are sorted by how many of its records they have seen. The records between one such number and the next are contained in
/// the k heads from there on, and give each of them 1/k of their number.
/// </summary>
internal static class HeadWeights
{
    /// <summary>The weight of each head, in records. Their sum is the number of distinct records.</summary>
    /// <param name="heads">Vectors of the heads.</param>
    /// <param name="forgotten">Records that count for nothing, since the player was forgotten after them.</param>
    public static double[] Of(IReadOnlyList<VersionVector> heads, VersionVector forgotten)
    {
        double[] weights = new double[heads.Count];
        foreach (DeviceId device in heads.SelectMany(head => head.Counts).Select(entry => entry.Key).Distinct().OrderBy(id => id))
            AddDevice(weights, [.. heads.Select(head => head[device])], forgotten[device]);
        return weights;
    }

    private static void AddDevice(double[] weights, long[] counts, long forgotten)
    {
        int[] ascending = [.. Enumerable.Range(0, counts.Length).OrderBy(head => counts[head])];
        long previous = forgotten;
        double share = 0;
        for (int i = 0; i < ascending.Length; i++)
        {
            long count = Math.Max(previous, counts[ascending[i]]);
            share += (double)(count - previous) / (ascending.Length - i);
            weights[ascending[i]] += share;
            previous = count;
        }
    }
}
