namespace LoraEdge.Tests.Adapters;

/// <summary>CRC-32 of zlib bit by bit, to check the library's against something independent.</summary>
internal static class BitwiseCrc32
{
    public static uint Over(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }

        return ~crc;
    }
}
