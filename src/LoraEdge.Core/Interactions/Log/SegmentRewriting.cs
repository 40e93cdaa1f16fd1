namespace LoraEdge;

/// <summary>Writes segments anew, which takes records out of them for good.</summary>
internal sealed class SegmentRewriting(IFileSystem files, InteractionLogOptions options, DamagedFiles damaged)
{
    /// <summary>Writes a segment anew without some of its records. What cannot be read is set aside first.</summary>
    /// <param name="segment">The segment, which is not being written.</param>
    /// <param name="floor">All numbers up to it are used.</param>
    /// <param name="isKept">Tells by their numbers which records stay.</param>
    /// <param name="isCut">Whether an unreadable end is the known tail of a crash.</param>
    /// <returns>The segment as it is now, and how many records went.</returns>
    public (Segment Segment, long Removed) Rewrite(Segment segment, long floor, Func<long, bool> isKept, bool isCut = false)
    {
        var rewritten = new Segment(segment.Path, segment.Number);
        if (files.TryRead(segment.Path) is not { } file)
            return (rewritten, 0);
        var reader = new LogFileReader(file, LogHeader.Read(file, LogFileKind.Segment, options.Key, segment.Path), segment.Path);
        var builder = new LogFileBuilder(LogHeader.Create(LogFileKind.Segment, options.Key, floor), segment.Bytes + 256);
        long removed = 0;
        while (reader.MoveNext())
        {
            if (reader.Record is not { } record)
                continue;
            if (!isKept(record.Sequence))
            {
                removed++;
                continue;
            }

            builder.Add(reader.Content.Span);
            rewritten.Add(record.Sequence, record.Time);
        }

        if (reader.DamagedBytes + reader.TailBytes > 0 && !isCut)
            damaged.SetAside(segment.Path, file, rewritten.Records, reader.DamagedBytes + reader.TailBytes);
        files.WriteAtomic(segment.Path, builder.Bytes);
        rewritten.Bytes = builder.Bytes.Length;
        return (rewritten, removed);
    }
}
