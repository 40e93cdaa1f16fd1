using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>
/// Numbers that are handed to libtorch, and the one place that makes them. TorchSharp's conversion makes one that lives no
/// longer than until its handle was read: a garbage collection that another thread starts frees it under the call, which
/// then reads what is no number any more. Each thread keeps its latest numbers instead, for longer than any call of it
/// lasts. BannedSymbols.txt forbids the conversions, and the functions of TorchSharp that convert inside, everywhere else.
/// </summary>
/// <remarks>Not covered: softplus, mish and linalg.vector_norm, which convert inside and have no form that takes a number.</remarks>
internal static class Number
{
    /// <summary>How many different numbers of a thread are made, at least, before one of its numbers is let go.</summary>
    public const int Room = 256;

    [ThreadStatic]
    private static Dictionary<(ScalarType Type, long Bits), Scalar>? t_latest;

    /// <summary>Is never read: it keeps the numbers that a call may still hold when <see cref="t_latest"/> starts anew.</summary>
    [ThreadStatic]
    private static Dictionary<(ScalarType Type, long Bits), Scalar>? t_before;

    /// <summary>The 1 that a sum scales its second operand by.</summary>
    public static Scalar One { get; } = Make(ScalarType.Int64, 1);

    public static Scalar Of(long value) => Kept(ScalarType.Int64, value);

    public static Scalar Of(double value) => Kept(ScalarType.Float64, BitConverter.DoubleToInt64Bits(value));

    public static Scalar Of(bool value) => Kept(ScalarType.Bool, value ? 1 : 0);

    /// <summary>The one element of a tensor, as the integer or the real number that it is.</summary>
    public static Scalar Of(Tensor single)
    {
        using Tensor wide = single.to(is_integral(single.dtype) ? ScalarType.Int64 : ScalarType.Float64);
        return wide.dtype == ScalarType.Int64 ? Of(wide.item<long>()) : Of(wide.item<double>());
    }

    private static Scalar Kept(ScalarType type, long bits)
    {
        t_latest ??= [];
        if (t_latest.TryGetValue((type, bits), out Scalar? known))
            return known;
        if (t_latest.Count == Room)
            (t_before, t_latest) = (t_latest, []);
        return t_latest[(type, bits)] = Make(type, bits);
    }

#pragma warning disable RS0030 // The conversions that are forbidden elsewhere.
    private static Scalar Make(ScalarType type, long bits) => type switch
    {
        ScalarType.Int64 => (Scalar)bits,
        ScalarType.Float64 => (Scalar)BitConverter.Int64BitsToDouble(bits),
        _ => (Scalar)(bits != 0),
    };
#pragma warning restore RS0030
}
