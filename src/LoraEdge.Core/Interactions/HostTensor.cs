using System.Runtime.InteropServices;

namespace LoraEdge;

/// <summary>A dense tensor in managed memory, row-major, little-endian.</summary>
public sealed class HostTensor
{
    private const int MaxRank = 64;

    /// <summary>Wraps a buffer; the tensor takes it over without a copy.</summary>
    /// <param name="elementType">Type of the elements.</param>
    /// <param name="shape">Sizes of the axes; an empty shape is a scalar.</param>
    /// <param name="bytes">Exactly the bytes that type and shape ask for.</param>
    /// <exception cref="InvalidInputException">A size is negative, there are more than 64 axes or 2^31 elements, or the buffer has another length.</exception>
    public HostTensor(TensorElementType elementType, long[] shape, byte[] bytes)
    {
        double expected = CountElements(shape) * SizeOf(elementType);
        if (bytes.LongLength != expected)
            throw new InvalidInputException($"A {elementType} tensor of shape [{string.Join(",", shape)}] takes {expected} bytes, but {bytes.LongLength} were given.");
        // Sizes beside a 0 count as well: runtimes compute strides from them.
        if (shape.Length > MaxRank || shape.Aggregate(1.0, (count, size) => count * Math.Max(size, 1)) > int.MaxValue)
            throw new InvalidInputException($"A tensor cannot have the shape [{string.Join(",", shape)}]: it has at most {int.MaxValue} elements and {MaxRank} axes.");
        ElementType = elementType;
        Shape = shape;
        Bytes = bytes;
    }

    /// <summary>Type of the elements.</summary>
    public TensorElementType ElementType { get; }

    /// <summary>Sizes of the axes. Not to be changed.</summary>
    public long[] Shape { get; }

    /// <summary>The elements.</summary>
    public byte[] Bytes { get; }

    /// <summary>Number of elements.</summary>
    public long Count => Bytes.LongLength / SizeOf(ElementType);

    /// <summary>Copies managed values into a tensor.</summary>
    /// <typeparam name="T">float, long, int, sbyte, byte or bool.</typeparam>
    /// <param name="values">The elements, row-major.</param>
    /// <param name="shape">Sizes of the axes.</param>
    /// <exception cref="InvalidInputException">The element type is not supported, or the sizes do not fit the values.</exception>
    public static HostTensor From<T>(ReadOnlySpan<T> values, params long[] shape)
        where T : unmanaged => new(ElementTypeOf<T>(), shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Copies managed values into a tensor.</summary>
    /// <typeparam name="T">float, long, int, sbyte, byte or bool.</typeparam>
    /// <param name="values">The elements, row-major.</param>
    /// <param name="shape">Sizes of the axes.</param>
    /// <exception cref="InvalidInputException">The element type is not supported, or the sizes do not fit the values.</exception>
    public static HostTensor From<T>(T[] values, params long[] shape)
        where T : unmanaged => From((ReadOnlySpan<T>)values, shape);

    /// <summary>The elements as a typed span over the same memory.</summary>
    /// <typeparam name="T">The managed type of <see cref="ElementType"/>.</typeparam>
    /// <exception cref="InvalidInputException">The tensor has another element type.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        if (ElementTypeOf<T>() != ElementType)
            throw new InvalidInputException($"The tensor holds {ElementType}, not {typeof(T).Name}.");
        return MemoryMarshal.Cast<byte, T>(Bytes.AsSpan());
    }

    /// <summary>Bytes of one element.</summary>
    /// <exception cref="InvalidInputException">The element type is not supported.</exception>
    public static int SizeOf(TensorElementType type) => type switch
    {
        TensorElementType.Float32 or TensorElementType.Int32 => 4,
        TensorElementType.Int64 => 8,
        TensorElementType.Float16 => 2,
        TensorElementType.UInt8 or TensorElementType.Int8 or TensorElementType.Boolean => 1,
        _ => throw new InvalidInputException($"Element type {(int)type} is not supported."),
    };

    private static TensorElementType ElementTypeOf<T>()
    {
        if (typeof(T) == typeof(float)) return TensorElementType.Float32;
        if (typeof(T) == typeof(long)) return TensorElementType.Int64;
        if (typeof(T) == typeof(int)) return TensorElementType.Int32;
        if (typeof(T) == typeof(byte)) return TensorElementType.UInt8;
        if (typeof(T) == typeof(sbyte)) return TensorElementType.Int8;
        if (typeof(T) == typeof(bool)) return TensorElementType.Boolean;
        throw new InvalidInputException($"{typeof(T).Name} is not an element type of tensors here; use float, long, int, sbyte, byte or bool.");
    }

    /// <summary>In floating point, which does not overflow: above 2^53 no buffer fits anyway.</summary>
    private static double CountElements(long[] shape)
    {
        if (shape.Any(size => size < 0))
            throw new InvalidInputException($"A tensor cannot have the shape [{string.Join(",", shape)}]: sizes are not negative.");
        return shape.Aggregate(1.0, (count, size) => count * size);
    }
}
