using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>Some positions of a sequence, on the second axis.</summary>
/// <param name="Start">The first.</param>
/// <param name="Count">How many.</param>
internal readonly record struct PositionRange(long Start, long Count)
{
    /// <summary>Every position, also of values that have none.</summary>
    public static PositionRange All { get; } = new(0, -1);

    /// <summary>Whether this is <see cref="All"/>.</summary>
    public bool IsAll => Count < 0;

    /// <summary>Cuts a sequence into parts of about equal length.</summary>
    /// <param name="length">Its length.</param>
    /// <param name="most">Most positions of a part; at least one is taken.</param>
    public static IEnumerable<PositionRange> Cut(long length, long most)
    {
        most = Math.Max(1, most);
        if (length <= most)
            return [All];
        long parts = (length + most - 1) / most, size = (length + parts - 1) / parts;
        return Enumerable.Range(0, (int)parts).Select(part => new PositionRange(part * size, Math.Min(size, length - (part * size)))).Where(range => range.Count > 0);
    }

    /// <summary>The part of a tensor; a view, the caller's.</summary>
    public Tensor Of(Tensor tensor) => IsAll ? tensor.alias() : tensor.narrow(1, Start, Count);
}
