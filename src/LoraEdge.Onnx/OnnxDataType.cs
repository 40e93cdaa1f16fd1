namespace LoraEdge.Onnx;

/// <summary>The numbers of ONNX <c>TensorProto.DataType</c> that LoraEdge names.</summary>
public static class OnnxDataType
{
    /// <summary>32-bit IEEE 754 float.</summary>
    public const int Float = 1;

    /// <summary>Unsigned 8-bit integer.</summary>
    public const int UInt8 = 2;

    /// <summary>Signed 8-bit integer.</summary>
    public const int Int8 = 3;

    /// <summary>Unsigned 16-bit integer.</summary>
    public const int UInt16 = 4;

    /// <summary>Signed 16-bit integer.</summary>
    public const int Int16 = 5;

    /// <summary>Signed 32-bit integer.</summary>
    public const int Int32 = 6;

    /// <summary>Signed 64-bit integer.</summary>
    public const int Int64 = 7;

    /// <summary>Strings of bytes, UTF-8 by convention.</summary>
    public const int String = 8;

    /// <summary>One byte per element, 0 or 1.</summary>
    public const int Bool = 9;

    /// <summary>16-bit IEEE 754 float.</summary>
    public const int Float16 = 10;

    /// <summary>64-bit IEEE 754 float.</summary>
    public const int Double = 11;

    /// <summary>Unsigned 32-bit integer.</summary>
    public const int UInt32 = 12;

    /// <summary>Unsigned 64-bit integer.</summary>
    public const int UInt64 = 13;

    /// <summary>A pair of 32-bit floats.</summary>
    public const int Complex64 = 14;

    /// <summary>A pair of 64-bit floats.</summary>
    public const int Complex128 = 15;

    /// <summary>The upper 16 bits of a 32-bit float.</summary>
    public const int BFloat16 = 16;

    /// <summary>Unsigned 4-bit integer, two to a byte.</summary>
    public const int UInt4 = 21;

    /// <summary>Signed 4-bit integer, two to a byte.</summary>
    public const int Int4 = 22;

    /// <summary>A number as an element of a tensor holds it: rounded to nearest even to float16 or bfloat16, and as it is otherwise.</summary>
    /// <param name="value">The number.</param>
    /// <param name="dataType">The element type.</param>
    public static float Round(float value, int dataType) => dataType switch
    {
        Float16 => HalfPrecision.FromFloat16(HalfPrecision.ToFloat16(value)),
        BFloat16 => HalfPrecision.FromBFloat16(HalfPrecision.ToBFloat16(value)),
        _ => value,
    };

    /// <summary>Whether a tensor of this type can take new values: float32, float16 and bfloat16.</summary>
    internal static bool IsAdaptable(int dataType) => dataType is Float or Float16 or BFloat16;

    /// <summary>Bits of one element; 0 for <see cref="String"/> and for numbers that the specification does not list.</summary>
    internal static int BitsOf(int dataType) => dataType switch
    {
        25 or 26 => 2,
        UInt4 or Int4 or 23 => 4,
        UInt8 or Int8 or Bool or 17 or 18 or 19 or 20 or 24 => 8,
        UInt16 or Int16 or Float16 or BFloat16 => 16,
        Float or Int32 or UInt32 => 32,
        Int64 or Double or UInt64 or Complex64 => 64,
        Complex128 => 128,
        _ => 0,
    };

    /// <summary>The specification's name of a type, for messages.</summary>
    public static string NameOf(int dataType) => dataType switch
    {
        Float => "float32",
        UInt8 => "uint8",
        Int8 => "int8",
        UInt16 => "uint16",
        Int16 => "int16",
        Int32 => "int32",
        Int64 => "int64",
        String => "string",
        Bool => "bool",
        Float16 => "float16",
        Double => "double",
        UInt32 => "uint32",
        UInt64 => "uint64",
        Complex64 => "complex64",
        Complex128 => "complex128",
        BFloat16 => "bfloat16",
        17 => "float8e4m3fn",
        18 => "float8e4m3fnuz",
        19 => "float8e5m2",
        20 => "float8e5m2fnuz",
        UInt4 => "uint4",
        Int4 => "int4",
        23 => "float4e2m1",
        24 => "float8e8m0",
        _ => $"type {dataType}",
    };
}
