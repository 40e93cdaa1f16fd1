using System.IO.Compression;

namespace Rival.Chess;

/// <summary>Tells gzip from plain text by its magic bytes (RFC 1952), whatever the file is called.</summary>
internal static class GzipDetection
{
    private const string StrictValidation = "System.IO.Compression.UseStrictValidation";

    // Without this switch .NET takes gzip data that breaks off for a shorter file and says nothing. It is read once in the
    // life of a process, at the first end of a stream.
    static GzipDetection() => AppContext.SetSwitch(StrictValidation, true);

    /// <summary>The unpacked content of <paramref name="stream"/>, which may be gzip or not and need not seek.</summary>
    internal static Stream Unpack(Stream stream)
    {
        var head = new byte[2];
        int read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var whole = new RejoinedStream(head.AsMemory(0, read), stream);
        return head is [0x1F, 0x8B] ? new GZipStream(whole, CompressionMode.Decompress) : whole;
    }

    /// <summary>The bytes already taken from a stream, then the rest of it.</summary>
    private sealed class RejoinedStream(ReadOnlyMemory<byte> head, Stream rest) : ForwardStream
    {
        private ReadOnlyMemory<byte> _head = head;

        public override int Read(Span<byte> buffer)
        {
            if (_head.IsEmpty)
                return rest.Read(buffer);
            int count = Math.Min(buffer.Length, _head.Length);
            _head.Span[..count].CopyTo(buffer);
            _head = _head[count..];
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                rest.Dispose();
            base.Dispose(disposing);
        }
    }
}
