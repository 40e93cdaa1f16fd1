using System.Globalization;

namespace LoraEdge;

/// <summary>
/// Which files of a devices folder count. The outcome depends on their contents alone: they are put into an order of their
/// contents first. Each stage decides about some files and leaves the others heads.
/// </summary>
internal static class HeadSelection
{
    /// <summary>The files with their states and weights, in ascending order of device, generation and content.</summary>
    public static DevicesReport Judge(IEnumerable<DeviceFile> files, WantedAdapter wanted)
    {
        DeviceFile[] judged = [.. files.OrderBy(file => file.Origin.Device).ThenBy(file => file.Origin.Generation)
            .ThenBy(file => file.Digest, StringComparer.Ordinal).ThenBy(file => file.Path, StringComparer.Ordinal)];
        LeaveOutRepetitions(judged);
        LeaveOutDevicesBeyondLimit(judged);
        VersionVector forgotten = judged.Where(file => file.State == DeviceFileState.Tombstone)
            .Aggregate(VersionVector.Empty, (merged, file) => merged.Merge(file.Origin.Vector));
        LeaveOutForgotten(judged, forgotten);
        LeaveOutUnwanted(judged, wanted);
        LeaveOutOlderGenerations(judged);
        LeaveOutIncluded(judged);
        TellClones(judged);
        Weigh(judged, forgotten);
        return new DevicesReport(judged, forgotten);
    }

    private static void LeaveOutRepetitions(DeviceFile[] files)
    {
        var seen = new Dictionary<string, DeviceFile>(StringComparer.Ordinal);
        for (int i = 0; i < files.Length; i++)
        {
            if (files[i].Digest.Length == 0 || files[i].State == DeviceFileState.Damaged)
                continue;
            if (seen.TryGetValue(files[i].Digest, out DeviceFile? same))
                files[i] = Decided(files[i], DeviceFileState.Superseded, $"it has the content of '{same.Name}'");
            else
                seen.Add(files[i].Digest, files[i]);
        }
    }

    /// <summary>Files with few devices are admitted first, so that one with a thousand invented ones cannot keep them out.</summary>
    private static void LeaveOutDevicesBeyondLimit(DeviceFile[] files)
    {
        VersionVector merged = VersionVector.Empty;
        foreach (int i in Enumerable.Range(0, files.Length).Where(i => files[i].IsHead || files[i].State == DeviceFileState.Tombstone)
            .OrderBy(i => files[i].Origin.Vector.Counts.Count).ThenBy(i => files[i].Digest, StringComparer.Ordinal))
        {
            merged = merged.MergeWithinLimit(files[i].Origin.Vector);
            if (!merged.Includes(files[i].Origin.Vector))
                files[i] = Decided(files[i], DeviceFileState.Ignored, $"with it there would be more than {SyncLimits.MaxMergedDevices} devices");
        }
    }

    /// <summary>Deletion wins: only what has grown from a tombstone includes its vector, since it counts the deletion as a record.</summary>
    private static void LeaveOutForgotten(DeviceFile[] files, VersionVector forgotten)
    {
        for (int i = 0; i < files.Length; i++)
        {
            if (files[i].IsHead && !files[i].Origin.Vector.Includes(forgotten))
                files[i] = Decided(files[i], DeviceFileState.Superseded, DevicesReport.Forgot);
        }
    }

    private static void LeaveOutUnwanted(DeviceFile[] files, WantedAdapter wanted)
    {
        for (int i = 0; i < files.Length; i++)
        {
            if (files[i].IsHead && wanted.Refuse(files[i].Adapter!) is { } reason)
                files[i] = Decided(files[i], DeviceFileState.Ignored, reason);
        }

        if (Largest(files) is not { } largest)
            return;
        var common = new WantedAdapter { Model = largest.Model, Projection = largest.Projection, Rank = largest.Rank };
        string shapes = Shapes(largest);
        for (int i = 0; i < files.Length; i++)
        {
            if (files[i].IsHead && Shapes(files[i].Adapter!) != shapes)
                files[i] = Decided(files[i], DeviceFileState.Ignored, common.Refuse(files[i].Adapter!) ?? "it changes other weights");
        }
    }

    /// <summary>An adapter of the group that has seen the most records.</summary>
    private static Adapter? Largest(DeviceFile[] files) => files.Where(file => file.IsHead)
        .GroupBy(file => Shapes(file.Adapter!), StringComparer.Ordinal)
        .OrderByDescending(group => group.Aggregate(VersionVector.Empty, (merged, file) => merged.Merge(file.Origin.Vector)).Records)
        .ThenBy(group => group.Key, StringComparer.Ordinal)
        .FirstOrDefault()?.First().Adapter;

    private static string Shapes(Adapter adapter) => string.Join(" ", new[] { adapter.Model.ToString(), adapter.Projection.ToString(), adapter.Rank.ToString(CultureInfo.InvariantCulture) }
        .Concat(adapter.Targets.Select(target => $"{target.InitializerIndex}:{target.OutFeatures}:{target.A?.Length}")));

    /// <summary>Of one device the newest generation counts: a device's file replaces its earlier ones, wherever copies of those lie.</summary>
    private static void LeaveOutOlderGenerations(DeviceFile[] files)
    {
        foreach (IGrouping<DeviceId, int> device in Enumerable.Range(0, files.Length).Where(i => files[i].IsHead && files[i].Origin.Device != default).GroupBy(i => files[i].Origin.Device).ToArray())
        {
            long newest = device.Max(i => files[i].Origin.Generation);
            foreach (int i in device.Where(i => files[i].Origin.Generation < newest))
                files[i] = Decided(files[i], DeviceFileState.Superseded, $"generation {newest} of the same device is there");
        }
    }

    private static void LeaveOutIncluded(DeviceFile[] files)
    {
        int[] heads = [.. Enumerable.Range(0, files.Length).Where(i => files[i].IsHead)];
        AdapterOrigin[] origins = [.. files.Select(file => file.Origin)];
        foreach (int i in heads)
        {
            foreach (int other in heads.Where(other => Supersedes(origins[other], origins[i])).Take(1))
                files[i] = Decided(files[i], DeviceFileState.Superseded, $"'{files[other].Name}' includes it");
        }
    }

    private static bool Supersedes(AdapterOrigin newer, AdapterOrigin older) =>
        (newer.Device != older.Device || newer.Device == default) && newer.Vector.Includes(older.Vector) && !older.Vector.Includes(newer.Vector);

    private static void TellClones(DeviceFile[] files)
    {
        foreach (IGrouping<DeviceId, int> device in Enumerable.Range(0, files.Length).Where(i => files[i].IsHead && files[i].Origin.Device != default).GroupBy(i => files[i].Origin.Device).ToArray())
        {
            foreach (int i in device.Skip(1).Any() ? device : Enumerable.Empty<int>())
                files[i] = Decided(files[i], DeviceFileState.Clone, $"another file is generation {files[i].Origin.Generation} of the same device too");
        }
    }

    private static void Weigh(DeviceFile[] files, VersionVector forgotten)
    {
        int[] heads = [.. Enumerable.Range(0, files.Length).Where(i => files[i].IsHead)];
        double[] weights = HeadWeights.Of([.. heads.Select(i => files[i].Origin.Vector)], forgotten);
        if (heads.Length > 1 && files[heads[0]].Adapter!.Projection.Kind == ProjectionKind.Explicit)
        {
            KeepHeaviest(files, heads, weights);
            return;
        }

        double sum = weights.Sum();
        for (int i = 0; i < heads.Length; i++)
            files[heads[i]] = files[heads[i]] with { Weight = sum > 0 ? weights[i] / sum : 1.0 / heads.Length };
    }

    /// <summary>The average of two products is not the product of the averages: adapters with an A of their own are not combined.</summary>
    private static void KeepHeaviest(DeviceFile[] files, int[] heads, double[] weights)
    {
        int kept = Array.IndexOf(weights, weights.Max());
        for (int i = 0; i < heads.Length; i++)
        {
            files[heads[i]] = i == kept
                ? files[heads[i]] with { Weight = 1 }
                : Decided(files[heads[i]], DeviceFileState.Ignored, $"it has an A of its own and cannot be averaged with '{files[heads[kept]].Name}', which has more records");
        }
    }

    private static DeviceFile Decided(DeviceFile file, DeviceFileState state, string reason) => file with { State = state, Reason = reason };
}
