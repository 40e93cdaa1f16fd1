using System.Buffers.Binary;

namespace LoraEdge;

/// <summary>Floats as little-endian bytes, in either precision.</summary>
internal static class FloatPayload
{
    public static int SizeOf(AdapterPrecision precision) => precision == AdapterPrecision.Float16 ? 2 : 4;

    /// <summary>Position of the first value that the precision cannot hold as a finite number, or -1.</summary>
    public static int FirstThatCannotBeStored(ReadOnlySpan<float> values, AdapterPrecision precision)
    {
        for (int i = 0; i < values.Length; i++)
        {
            bool holds = precision == AdapterPrecision.Float16 ? HalfBits.CanHold(values[i]) : FloatBits.IsFinite(values[i]);
            if (!holds)
                return i;
        }

        return -1;
    }

    public static void Write(ReadOnlySpan<float> values, AdapterPrecision precision, Span<byte> destination)
    {
        if (precision == AdapterPrecision.Float16)
        {
            for (int i = 0; i < values.Length; i++)
                BinaryPrimitives.WriteUInt16LittleEndian(destination.Slice(2 * i), HalfBits.FromFloat(values[i]));
        }
        else
        {
            for (int i = 0; i < values.Length; i++)
                BinaryPrimitives.WriteUInt32LittleEndian(destination.Slice(4 * i), FloatBits.Of(values[i]));
        }
    }

    /// <summary>Reads as many values as the bytes hold; their number is a multiple of the value's size.</summary>
    public static float[] Read(ReadOnlySpan<byte> bytes, AdapterPrecision precision)
    {
        float[] values = new float[bytes.Length / SizeOf(precision)];
        if (precision == AdapterPrecision.Float16)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = HalfBits.ToFloat(BinaryPrimitives.ReadUInt16LittleEndian(bytes.Slice(2 * i)));
        }
        else
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = FloatBits.ToFloat(BinaryPrimitives.ReadUInt32LittleEndian(bytes.Slice(4 * i)));
        }

        return values;
    }
}
