using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>What Slice takes of one axis, as libtorch wants it: a positive step, and turned round afterwards where ONNX's is negative.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="First">The lowest position taken.</param>
/// <param name="End">One past the highest position that may be taken.</param>
/// <param name="Step">Distance between positions, above 0.</param>
/// <param name="Turned">Whether the highest position comes first.</param>
internal readonly record struct SliceRange(int Axis, long First, long End, long Step, bool Turned)
{
    /// <summary>Resolves negative positions and clamps, as NumPy does.</summary>
    public static SliceRange Of(int axis, long size, long start, long end, long step)
    {
        (start, end) = (start < 0 ? start + size : start, end < 0 ? end + size : end);
        if (step > 0)
        {
            long first = Clamp(start, 0, size);
            return new SliceRange(axis, first, Clamp(end, first, size), step, Turned: false);
        }

        // A step below -size takes one position, like -size; and Math.Abs(long.MinValue) does not exist.
        long distance = -Math.Max(step, -Math.Max(size, 1)), last = Clamp(start, -1, size - 1), stop = Clamp(end, -1, size - 1);
        long count = last > stop ? (last - stop + distance - 1) / distance : 0;
        return count == 0
            ? new SliceRange(axis, 0, 0, 1, Turned: false)
            : new SliceRange(axis, last - (count - 1) * distance, last + 1, distance, Turned: true);
    }

    /// <summary>Applies it.</summary>
    public Tensor Cut(Tensor x)
    {
        Tensor part = x.slice(Axis, First, End, Step);
        if (!Turned)
            return part;
        using (part)
            return part.flip(Axis);
    }

    private static long Clamp(long value, long low, long high) => Math.Max(low, Math.Min(high, value));
}
