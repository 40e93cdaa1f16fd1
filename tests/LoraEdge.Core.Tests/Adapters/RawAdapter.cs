using System.Buffers.Binary;
using System.Text;

namespace LoraEdge.Tests.Adapters;

/// <summary>
/// An adapter file put together byte by byte from docs/adapter-format.md, without MessagePack or any code under test, so
/// that single fields can be made wrong while the checksum is right. The defaults are <see cref="Samples.Tiny"/>.
/// </summary>
internal sealed class RawAdapter
{
    public byte[] Header { get; set; } = [0x9b];

    public byte[] Name { get; set; } = [0xb0, .. Encoding.ASCII.GetBytes("LoraEdge.adapter")];

    public byte[] Version { get; set; } = [0x01];

    public byte[] Extensions { get; set; } = [0x80];

    public byte[] Fingerprint { get; set; } = [0xc4, 32, .. Samples.Model.Bytes];

    public byte[] Projection { get; set; } = [0x93, 0x01, 42, 0xce, 0x17, 0x69, 0xdf, 0x99];

    public byte[] Rank { get; set; } = [0x01];

    public byte[] Scale { get; set; } = Float(1f);

    public byte[] Precision { get; set; } = [0x01];

    public byte[] Targets { get; set; } = [0x81, 0x07, 0xc4, 6, .. Halves(0.5f, -1f, 0.25f)];

    public byte[] Training { get; set; } = [0x95, 0xcd, 0x03, 0xe8, 96, 120, .. Float(1.25f), .. Float(1.125f)];

    /// <summary>Bytes between the last field and the checksum.</summary>
    public byte[] Extra { get; set; } = [];

    public byte[] Build() =>
        Seal([.. Header, .. Name, .. Version, .. Extensions, .. Fingerprint, .. Projection, .. Rank, .. Scale, .. Precision, .. Targets, .. Training, .. Extra]);

    /// <summary>The bytes with their checksum.</summary>
    public static byte[] Seal(byte[] content)
    {
        byte[] crc = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(crc, BitwiseCrc32.Over(content));
        return [.. content, 0xce, .. crc];
    }

    /// <summary>One entry of the extension map.</summary>
    public static byte[] Extension(byte number, params byte[] content) => [number, 0xc4, (byte)content.Length, .. content];

    public static byte[] Float(float value)
    {
        byte[] bytes = [0xca, 0, 0, 0, 0];
        BinaryPrimitives.WriteSingleBigEndian(bytes.AsSpan(1), value);
        return bytes;
    }

    public static byte[] Halves(params float[] values)
    {
        byte[] bytes = new byte[2 * values.Length];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(2 * i), (Half)values[i]);
        return bytes;
    }
}
