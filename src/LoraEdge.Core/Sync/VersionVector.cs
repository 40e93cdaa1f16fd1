using System.Globalization;

namespace LoraEdge;

/// <summary>
/// What an adapter has learned from: for each device, how many of its records, counted from its first. Two adapters compare by
/// it: one that includes another has seen everything that the other has; where neither includes the other they are concurrent.
/// Parker et al., Detection of Mutual Inconsistency in Distributed Systems, 1983.
/// </summary>
public sealed class VersionVector : IEquatable<VersionVector>
{
    private readonly KeyValuePair<DeviceId, long>[] _counts;

    private VersionVector(KeyValuePair<DeviceId, long>[] counts) => _counts = counts;

    /// <summary>Nothing was learned.</summary>
    public static VersionVector Empty { get; } = new([]);

    /// <summary>The devices with at least one record, in ascending order of their ids, and the number of their records.</summary>
    public IReadOnlyList<KeyValuePair<DeviceId, long>> Counts => _counts;

    /// <summary>Number of records of all devices; the largest long when it is more.</summary>
    public long Records => _counts.Aggregate(0L, (sum, entry) => sum > long.MaxValue - entry.Value ? long.MaxValue : sum + entry.Value);

    /// <summary>Number of a device's records; 0 when there are none.</summary>
    /// <param name="device">The device.</param>
    public long this[DeviceId device]
    {
        get
        {
            int low = 0, high = _counts.Length - 1;
            while (low <= high)
            {
                int middle = (low + high) / 2;
                int order = _counts[middle].Key.CompareTo(device);
                if (order == 0)
                    return _counts[middle].Value;
                if (order < 0)
                    low = middle + 1;
                else
                    high = middle - 1;
            }

            return 0;
        }
    }

    /// <summary>Whether this has at least as many records of every device.</summary>
    /// <param name="other">The vector to compare with.</param>
    public bool Includes(VersionVector other)
    {
        int at = 0;
        foreach (KeyValuePair<DeviceId, long> entry in other._counts)
        {
            while (at < _counts.Length && _counts[at].Key.CompareTo(entry.Key) < 0)
                at++;
            if (at == _counts.Length || _counts[at].Key != entry.Key || _counts[at].Value < entry.Value)
                return false;
        }

        return true;
    }

    /// <summary>For every device the larger number of records of the two.</summary>
    /// <param name="other">The other vector.</param>
    public VersionVector Merge(VersionVector other)
    {
        if (Includes(other))
            return this;
        var merged = new SortedDictionary<DeviceId, long>();
        foreach (KeyValuePair<DeviceId, long> entry in _counts.Concat(other._counts))
            merged[entry.Key] = merged.TryGetValue(entry.Key, out long count) ? Math.Max(count, entry.Value) : entry.Value;
        return new VersionVector([.. merged]);
    }

    /// <summary>The merged vector; this one where that would have more devices than are merged.</summary>
    internal VersionVector MergeWithinLimit(VersionVector other)
    {
        VersionVector merged = Merge(other);
        return merged._counts.Length > SyncLimits.MaxMergedDevices ? this : merged;
    }

    /// <summary>The same with a device's number of records raised; unchanged when it has as many already.</summary>
    /// <param name="device">The device.</param>
    /// <param name="records">Number of its records, 0 or more.</param>
    public VersionVector With(DeviceId device, long records) => records <= 0 ? this : Merge(new VersionVector([new(device, records)]));

    /// <inheritdoc />
    public bool Equals(VersionVector? other) => other is not null && _counts.SequenceEqual(other._counts);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as VersionVector);

    /// <inheritdoc />
    public override int GetHashCode() => _counts.Aggregate(0, (hash, entry) => (hash * 31) + entry.Key.GetHashCode() + entry.Value.GetHashCode());

    /// <summary>The devices and their numbers, for messages.</summary>
    public override string ToString() =>
        "{" + string.Join(", ", _counts.Select(entry => $"{entry.Key}: {entry.Value.ToString(CultureInfo.InvariantCulture)}")) + "}";

    /// <summary>Wraps counts that are known to be positive and in ascending order of their ids.</summary>
    internal static VersionVector Ordered(KeyValuePair<DeviceId, long>[] counts) => counts.Length == 0 ? Empty : new VersionVector(counts);
}
