using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Where the keys and values of <see cref="GroupQueryAttention"/> stand among those of earlier positions.</summary>
/// <param name="Past">Per sequence, the number of earlier positions that are valid; the others are overwritten or ignored.</param>
/// <param name="Length">Number of present positions.</param>
/// <param name="Total">Most valid positions of a sequence, present ones included.</param>
/// <param name="Capacity">Length of the cache that goes out: that of the one that came in, or longer.</param>
/// <param name="Window">How many keys back a query may look, its own included; 0 for all.</param>
internal sealed record GroupQueryCache(long[] Past, long Length, long Total, long Capacity, long Window)
{
    /// <summary>Inputs that hold the cache.</summary>
    public const int PastKey = 3, PastValue = 4;

    private const int LastPositions = 5, TotalLength = 6;

    /// <summary>Reads and checks the cache and the lengths.</summary>
    public static GroupQueryCache Of(NodeContext node, GroupQueryInputs heads)
    {
        HeadShape key = heads.Key;
        long capacity = KeyValueShapes.PastLength(node, PastKey, PastValue, key, key);
        node.Require(node.Has(LastPositions) && node.Has(TotalLength), "seqlens_k or total_sequence_length is missing");
        node.Require(node.Shape(TotalLength).All(size => size == 1), "total_sequence_length must be one number");
        long total = node.Integers(TotalLength)[0], window = node.Node.GetInt("local_window_size", -1);
        if (total < key.Length)
            throw OutOfRange(node, $"total_sequence_length {total} is less than the {key.Length} positions of the query");
        node.RequireSize([key.Batch, key.Heads, Math.Max(total, capacity), key.Size]);
        node.RequireIndices(LastPositions, node.Rank(LastPositions) == 2 ? [key.Batch, 1] : [key.Batch]);
        return new GroupQueryCache(PastOf(node, key, total, capacity), key.Length, total, Math.Max(total, capacity), Math.Max(0, window));
    }

    /// <summary>The number of earlier positions where it is the same for all sequences and only later keys are hidden; otherwise null, and the mask says it all.</summary>
    public long? CommonPast => IsEven && (Window == 0 || Window >= Total) ? Past.FirstOrDefault() : null;

    private bool IsEven => Past.All(past => past == Past[0]);

    /// <summary>The cache with the present keys or values at their place, zeros behind them.</summary>
    public Tensor Present(Tensor? past, Tensor present)
    {
        if (IsEven)
            return Present(past, present, Past.FirstOrDefault());
        Tensor[] rows = [.. Past.Select((length, sequence) =>
        {
            using Tensor? before = past?.narrow(0, sequence, 1);
            using Tensor own = present.narrow(0, sequence, 1);
            return Present(before, own, length);
        })];
        Tensor all = cat(rows, 0);
        foreach (Tensor row in rows)
            row.Dispose();
        return all;
    }

    /// <summary>The rows of a table at the present positions, (sequences or 1, length, columns).</summary>
    public Tensor RowsOfPositions(Tensor table)
    {
        if (IsEven)
        {
            using Tensor common = table.narrow(0, Past.FirstOrDefault(), Length);
            return common.unsqueeze(0);
        }

        Tensor[] rows = [.. Past.Select(past => table.narrow(0, past, Length))];
        Tensor all = stack(rows, 0);
        foreach (Tensor row in rows)
            row.Dispose();
        return all;
    }

    /// <summary>Numbers to add to the scores where <see cref="CommonPast"/> does not say what is hidden; null for none.</summary>
    public Tensor? Mask(Tensor? bias, Tensor q)
    {
        if (CommonPast is not null)
            return bias?.alias();
        using Tensor past = tensor(Past, device: q.device), first = past.reshape(-1, 1), steps = Counting.Below(Length, ScalarType.Int64, q.device);
        using Tensor own = first.add(steps, Number.One), queries = own.reshape(Past.Length, 1, Length, 1), keys = Counting.Below(Total, ScalarType.Int64, q.device);
        using Tensor later = keys.gt(queries);
        if (Window == 0)
            return AttentionMask.Hide(bias, later, q.dtype);
        using Tensor oldest = queries.sub(Number.Of(Window)), earlier = keys.le(oldest), hidden = later.logical_or(earlier);
        return AttentionMask.Hide(bias, hidden, q.dtype);
    }

    private Tensor Present(Tensor? past, Tensor present, long length)
    {
        long[] shape = present.shape;
        using Tensor? before = length > 0 ? past!.narrow(2, 0, length) : null;
        long free = Capacity - length - Length;
        using Tensor? behind = free > 0 ? zeros([shape[0], shape[1], free, shape[3]], present.dtype, present.device) : null;
        Tensor[] parts = [.. new[] { before, present, behind }.OfType<Tensor>()];
        return parts.Length == 1 ? present.alias() : cat(parts, 2);
    }

    /// <summary>A prompt starts at position 0; its padded sequences end earlier, which only padding tokens would notice.</summary>
    private static long[] PastOf(NodeContext node, HeadShape key, long total, long capacity)
    {
        if (total == key.Length)
            return new long[key.Batch];
        long[] past = [.. node.Integers(LastPositions).Select(last => last + 1 - key.Length)];
        return past.All(length => length >= 0 && length <= capacity && length + key.Length <= total)
            ? past
            : throw OutOfRange(node, $"seqlens_k says that {string.Join(", ", past)} earlier positions are valid, of {capacity} that are given and {total} in all");
    }

    private static InvalidInputException OutOfRange(NodeContext node, string what) =>
        new($"Node '{node.Node.DisplayName}' ({node.Node.OpType}): {what}.");
}
