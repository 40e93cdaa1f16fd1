namespace LoraEdge;

/// <content>What happens when a log is opened: keys are checked, and what a crash or damage left is repaired.</content>
internal sealed partial class LogFolder
{
    // A file whose key is missing must be found before anything is repaired.
    private void CheckHeads()
    {
        foreach (string path in SegmentFiles().Select(segment => segment.Path).Concat(_files.FileExists(SamplePath) ? [SamplePath] : []))
        {
            byte[] head = new byte[LogHeader.PlainBytes + AesGcmCipher.Overhead];
            int length = 0;
            using (Stream stream = _files.OpenRead(path))
            {
                for (int read = 1; read > 0 && length < head.Length; length += read)
                    read = stream.Read(head, length, head.Length - length);
            }

            try
            {
                LogHeader.Read(head.AsSpan(0, length), path == SamplePath ? LogFileKind.Sample : LogFileKind.Segment, _options.Key, path);
            }
            catch (LogFormatException) when (!LogHeader.IsNewer(head.AsSpan(0, length)))
            {
                // Damage: dealt with when the file is opened.
            }
        }
    }

    private IEnumerable<(string Path, long Number)> SegmentFiles() =>
        from path in _files.Files(_folder)
        let number = SegmentName.NumberOf(path)
        where number is not null
        orderby number
        select (path, number.Value);

    private void OpenSegment(string path, long number, bool isNewest)
    {
        byte[]? file = ReadOrSetAside(path);
        if (file is null)
            return;
        LogHeader header;
        try
        {
            header = LogHeader.Read(file, LogFileKind.Segment, _options.Key, path);
        }
        catch (LogFormatException)
        {
            if (isNewest && file.Length < LogHeader.PlainBytes + AesGcmCipher.Overhead)
                ReportTorn(path, file.Length);
            else
                _damaged.SetAside(path, file, 0, file.Length);
            _files.Delete(path);
            return;
        }

        Learn(new Segment(path, number), file, header, isNewest);
    }

    private byte[]? ReadOrSetAside(string path)
    {
        try
        {
            return _files.TryRead(path);
        }
        catch (LogFormatException error)
        {
            _damaged.Move(path, error.Message);
            return null;
        }
    }

    private void Learn(Segment segment, byte[] file, LogHeader header, bool isNewest)
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
        bool isInSample = segment.Records > 0 && segment.Last <= _sample.Through;
        if (isInSample)
        {
            _files.Delete(segment.Path);
            return;
        }

        LastNumber = Math.Max(LastNumber, highest);
        segment.Bytes = reader.End;
        _segments.Add(segment);
        bool isDamaged = reader.DamagedBytes > 0 || (reader.TailBytes > 0 && !isNewest);
        if (reader.TailBytes > 0 && !isDamaged)
            ReportTorn(segment.Path, reader.TailBytes);
        if (isDamaged || (header.Key is null && _options.Key is not null))
            Rewrite(segment, _ => true, isCut: !isDamaged);
        else if (isNewest)
            Continue(ActiveSegment.Continue(_files, segment, header, places, reader.End, entries), isCut: reader.TailBytes > 0);
    }

    private void Continue(ActiveSegment active, bool isCut)
    {
        _active = active;
        if (isCut)
            active.Sync();
    }

    private void ReportTorn(string path, long bytes) => _report(new LogReport(LogReportKind.TornTail, path, 0, bytes,
        $"{path} ended with {bytes} bytes of a record that a crash had kept from being written. They were cut off."));
}
