namespace LoraEdge;

/// <summary>
/// The adapter file, format version 1: a few kilobytes of MessagePack that hold B and everything needed to refuse it where
/// it does not belong. docs/adapter-format.md defines it byte by byte. The same adapter always gives the same bytes.
/// </summary>
public static class AdapterFile
{
    /// <summary>The format version that is written, and the newest that is read.</summary>
    public const int FormatVersion = 1;

    /// <summary>Encodes an adapter.</summary>
    /// <param name="adapter">The adapter; checked completely before a byte is written.</param>
    /// <param name="precision">How B is stored. Default: half precision, which rounds; read the bytes back to get what was stored.</param>
    /// <exception cref="AdapterFormatException">
    /// The adapter breaks a rule of the format: a value is not finite or too large for the precision, shapes do not fit, or
    /// a limit of <see cref="AdapterLimits"/> is exceeded.
    /// </exception>
    public static byte[] Write(Adapter adapter, AdapterPrecision precision = AdapterPrecision.Float16)
    {
        AdapterRules.Check(adapter, precision, "The adapter cannot be stored");
        return AdapterEncoder.Encode(adapter, precision);
    }

    /// <summary>Decodes an adapter. Whatever the bytes are, either a valid adapter or the one exception comes back.</summary>
    /// <param name="bytes">The whole file; not referenced afterwards.</param>
    /// <param name="source">The file's name or another name a user recognises, for messages.</param>
    /// <exception cref="AdapterFormatException">The bytes are not an adapter, damaged, or of a newer version.</exception>
    public static Adapter Read(ReadOnlyMemory<byte> bytes, string source) => Read(bytes, source, out _);

    /// <summary>Decodes an adapter and tells how its numbers are stored.</summary>
    /// <param name="bytes">The whole file; not referenced afterwards.</param>
    /// <param name="source">The file's name or another name a user recognises, for messages.</param>
    /// <param name="precision">How the numbers are stored: pass it to <see cref="Write"/> to get the same bytes again.</param>
    /// <exception cref="AdapterFormatException">The bytes are not an adapter, damaged, or of a newer version.</exception>
    public static Adapter Read(ReadOnlyMemory<byte> bytes, string source, out AdapterPrecision precision)
    {
        Adapter adapter = AdapterDecoder.Decode(bytes, source, out precision);
        AdapterRules.Check(adapter, precision, source);
        CanonicalForm.Check(bytes.Span, AdapterEncoder.Encode(adapter, precision), source);
        return adapter;
    }

    /// <summary>
    /// Writes an adapter to a file: to a temporary file in the same folder, flushed to disk, then renamed over the old one.
    /// On any failure the old file stays as it was.
    /// </summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="path">Path of the file. Its folder exists.</param>
    /// <param name="precision">How B is stored. Default: half precision.</param>
    /// <exception cref="AdapterFormatException">The adapter breaks a rule of the format; see <see cref="Write"/>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(Adapter adapter, string path, AdapterPrecision precision = AdapterPrecision.Float16) =>
        DiskFileSystem.Instance.WriteAtomic(path, Write(adapter, precision));

    /// <summary>Reads an adapter from a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="AdapterFormatException">The file is missing, not an adapter, damaged, or of a newer version.</exception>
    /// <exception cref="IOException">The file exists and cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Adapter Load(string path) => Read(BoundedFile.Read(path), path);
}
