using System.Numerics;
using System.Runtime.CompilerServices;

namespace LoraEdge.Inference;

/// <summary>
/// The largest magnitude among numbers, as it is found while they pass. The bits of a float without its sign order as the
/// magnitudes do, infinity above all numbers and NaN above infinity.
/// </summary>
internal struct Magnitude
{
    /// <summary>The largest so far in each lane of a vector.</summary>
    public Vector<int> Lanes;

    private int _rest;

    /// <summary>The larger one, lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<int> Max(Vector<int> lanes, Vector<float> values) => Vector.Max(lanes, Vector.AsVectorInt32(Vector.Abs(values)));

    /// <summary>Looks at a number.</summary>
    public void Add(float value) => _rest = Math.Max(_rest, Bits(value));

    /// <summary>Whether all numbers are finite and smaller than a limit.</summary>
    /// <param name="limit">A positive number, or infinity.</param>
    public readonly bool IsBelow(float limit)
    {
        int largest = _rest;
        for (int lane = 0; lane < Vector<int>.Count; lane++)
            largest = Math.Max(largest, Lanes[lane]);
        return largest < Bits(limit);
    }

    private static int Bits(float value) => Unsafe.As<float, int>(ref value) & int.MaxValue;
}
