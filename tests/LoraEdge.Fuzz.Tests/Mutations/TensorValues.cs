using System.Runtime.InteropServices;

namespace LoraEdge.Fuzz.Tests.Mutations;

/// <summary>Elements for tensors of every type that is at least a byte wide.</summary>
internal static class TensorValues
{
    /// <summary>Fills raw little-endian elements: small numbers mostly, and odd ones now and then.</summary>
    public static void Fill(Span<byte> raw, int type, Random random)
    {
        bool odd = random.Percent(15);
        switch (type)
        {
            case OnnxDataType.Float:
                foreach (ref float value in MemoryMarshal.Cast<byte, float>(raw))
                    value = odd && random.Percent(20) ? random.OddFloat() : random.NextSingle() * 4 - 2;
                break;
            case OnnxDataType.Double:
                foreach (ref double value in MemoryMarshal.Cast<byte, double>(raw))
                    value = odd && random.Percent(20) ? random.OddFloat() : random.NextDouble() * 4 - 2;
                break;
            case OnnxDataType.Float16:
                foreach (ref Half value in MemoryMarshal.Cast<byte, Half>(raw))
                    value = (Half)(odd && random.Percent(20) ? random.OddFloat() : random.NextSingle() * 4 - 2);
                break;
            case OnnxDataType.BFloat16:
                foreach (ref ushort value in MemoryMarshal.Cast<byte, ushort>(raw))
                    value = (ushort)(BitConverter.SingleToUInt32Bits(odd && random.Percent(20) ? random.OddFloat() : random.NextSingle() * 4 - 2) >> 16);
                break;
            case OnnxDataType.Int64 or OnnxDataType.UInt64:
                foreach (ref long value in MemoryMarshal.Cast<byte, long>(raw))
                    value = Integer(odd, random);
                break;
            case OnnxDataType.Int32 or OnnxDataType.UInt32:
                foreach (ref int value in MemoryMarshal.Cast<byte, int>(raw))
                    value = unchecked((int)Integer(odd, random));
                break;
            case OnnxDataType.Bool:
                foreach (ref byte value in raw)
                    value = (byte)random.Next(2);
                break;
            default:
                foreach (ref byte value in raw)
                    value = (byte)random.Next(odd ? 256 : 8);
                break;
        }
    }

    private static long Integer(bool odd, Random random) => odd ? random.OddInteger() : random.Next(0, 4);
}
