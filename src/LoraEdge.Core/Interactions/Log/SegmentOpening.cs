namespace LoraEdge;

/// <summary>
/// What happens to each segment when a log is opened: it is read as a whole, and what a crash or damage left of it is told from
/// the rest. Files that are none are set aside.
/// </summary>
internal sealed class SegmentOpening(IFileSystem files, InteractionLogOptions options, DamagedFiles damaged, Action<LogReport> report)
{
    /// <summary>Reads a segment.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="number">Its place among the segments.</param>
    /// <param name="isNewest">Whether it was being written last, so that a crash may have torn its end.</param>
    /// <param name="sampled">The highest number that the sample was offered.</param>
    /// <returns>Null when nothing is left of it.</returns>
    public OpenedSegment? Open(string path, long number, bool isNewest, long sampled)
    {
        byte[]? file = ReadOrSetAside(path);
        if (file is null)
            return null;
        LogHeader header;
        try
        {
            header = LogHeader.Read(file, LogFileKind.Segment, options.Key, path);
        }
        catch (LogFormatException)
        {
            if (isNewest && file.Length < LogHeader.PlainBytes + AesGcmCipher.Overhead)
                ReportTorn(path, file.Length);
            else
                damaged.SetAside(path, file, 0, file.Length);
            files.Delete(path);
            return null;
        }

        return Read(new Segment(path, number), file, header, isNewest, sampled);
    }

    private OpenedSegment? Read(Segment segment, byte[] file, LogHeader header, bool isNewest, long sampled)
    {
        var reader = new LogFileReader(file, header, segment.Path);
        var places = new List<(long, int)>();
        long highest = header.Floor;
        int entries = 0;
        for (; reader.MoveNext(); entries = reader.Index + 1)
        {
            highest = Math.Max(highest, Math.Max(reader.Mark, reader.Record?.Sequence ?? 0));
            if (reader.Record is not { } record)
                continue;
            segment.Add(record.Sequence, record.Time);
            places.Add((reader.Offset, reader.Index));
        }

        // A crash came between the sample, which has this segment's records, and the end of the segment.
        if (segment.Records > 0 && segment.Last <= sampled)
        {
            files.Delete(segment.Path);
            return null;
        }

        segment.Bytes = reader.End;
        bool isDamaged = reader.DamagedBytes > 0 || (reader.TailBytes > 0 && !isNewest);
        bool isCut = reader.TailBytes > 0 && !isDamaged;
        if (isCut)
            ReportTorn(segment.Path, reader.TailBytes);
        bool isToBeEncrypted = header.Key is null && options.Key is not null;
        ActiveSegment? active = isNewest ? ActiveSegment.Continue(files, segment, header, places, reader.End, entries) : null;
        return new OpenedSegment(segment, highest, isCut, isDamaged || isToBeEncrypted, active);
    }

    private byte[]? ReadOrSetAside(string path)
    {
        try
        {
            return files.TryRead(path);
        }
        catch (LogFormatException error)
        {
            damaged.Move(path, error.Message);
            return null;
        }
    }

    private void ReportTorn(string path, long bytes) => report(new LogReport(LogReportKind.TornTail, path, 0, bytes,
        $"{path} ended with {bytes} bytes of a record that a crash had kept from being written. They were cut off."));
}
