namespace LoraEdge;

/// <summary>
/// A whole log in one file: the head of a file of records, the records with their numbers, and a mark with the last number, by
/// which a file that was cut short can be told.
/// </summary>
internal static class LogExport
{
    private const string What = "The export";

    /// <summary>Writes records one by one; how many there were.</summary>
    public static long Write(Stream destination, EncryptionKey? key, IEnumerable<(LoggedInteraction Record, ReadOnlyMemory<byte> Content)> records)
    {
        LogHeader header = LogHeader.Create(LogFileKind.Export, key);
        destination.Write(header.Bytes, 0, header.Bytes.Length);
        var codec = new EntryCodec(header);
        var buffer = new GrowingBuffer(4096);
        int count = 0;
        long last = 0;
        foreach ((LoggedInteraction record, ReadOnlyMemory<byte> content) in records)
        {
            WriteEntry(content.Span);
            last = record.Sequence;
        }

        int written = count;
        WriteEntry(LogEntry.Mark(last));
        return written;

        void WriteEntry(ReadOnlySpan<byte> content)
        {
            buffer.Truncate(0);
            codec.Write(buffer, content, count++);
            byte[] entry = buffer.ToArray();
            destination.Write(entry, 0, entry.Length);
        }
    }

    /// <summary>Reads and checks a whole export.</summary>
    /// <exception cref="LogFormatException">It is no export, damaged, cut short, or larger than the bound.</exception>
    /// <exception cref="EncryptionKeyException">It is encrypted, and its key was not given.</exception>
    public static List<LoggedInteraction> Read(Stream source, EncryptionKey? key, long bound)
    {
        byte[] file = LogLimits.ReadWhole(source, Math.Min(bound, int.MaxValue / 2), What);
        var reader = new LogFileReader(file, LogHeader.Read(file, LogFileKind.Export, key, What), What);
        var records = new List<LoggedInteraction>();
        bool ended = false;
        while (reader.MoveNext())
        {
            if (ended)
                throw new LogFormatException($"{What} goes on behind its end, at byte {reader.Offset}. It was altered: export again.");
            if (reader.Record is { } record)
                records.Add(record);
            else
                ended = reader.Mark == (records.Count == 0 ? 0 : records[records.Count - 1].Sequence);
        }

        if (reader.DamagedBytes + reader.TailBytes > 0 || !ended)
            throw new LogFormatException($"{What} is damaged or cut short: of its {file.Length} bytes {reader.DamagedBytes + reader.TailBytes} cannot be read, and its end is {(ended ? "there" : "missing")}. Nothing was imported: copy or export it again.");
        return records;
    }
}
