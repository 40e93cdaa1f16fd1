namespace LoraEdge;

/// <summary>
/// The sample of records that went out of the log, in a file of its own that is replaced as a whole. Its head counts what
/// was offered, so that a crash between this file and the removal of a segment offers nothing twice.
/// </summary>
internal sealed class SampleFile
{
    private readonly IFileSystem _files;
    private readonly InteractionLogOptions _options;

    private SampleFile(IFileSystem files, string path, InteractionLogOptions options)
    {
        _files = files;
        _options = options;
        Path = path;
    }

    public string Path { get; }

    public long Bytes { get; private set; }

    public int Records { get; private set; }

    /// <summary>The highest number that was offered.</summary>
    public long Through { get; private set; }

    /// <summary>Opens the sample of a folder; a damaged one is set aside and written anew from what can be read.</summary>
    public static SampleFile Open(IFileSystem files, string path, InteractionLogOptions options, DamagedFiles damaged)
    {
        var sample = new SampleFile(files, path, options);
        if (files.TryRead(path) is not { } file)
            return sample;
        LogHeader header;
        try
        {
            header = LogHeader.Read(file, LogFileKind.Sample, options.Key, path);
        }
        catch (LogFormatException) when (!LogHeader.IsNewer(file))
        {
            damaged.SetAside(path, file, 0, file.Length);
            files.Delete(path);
            return sample;
        }

        Slots slots = Read(file, header, path, out long unreadable);
        sample.Learn(slots, file.Length);
        if (unreadable > 0)
            damaged.SetAside(path, file, 0, unreadable);
        if (unreadable > 0 || (options.Key is not null && header.Key is null))
            sample.Write(slots);
        return sample;
    }

    /// <summary>Offers records that go out of the log, in order.</summary>
    /// <param name="segment">The segment that they were in.</param>
    public void Offer(LogFileReader segment)
    {
        Slots slots = Load();
        slots.Resize(_options.SampleSize, _options.SampleSeed);
        long mostBytes = _options.MaxBytes / (2 * Math.Max(slots.Contents.Length, 1));
        while (segment.MoveNext())
        {
            if (segment.Record is not { } record || record.Sequence <= slots.Through)
                continue;
            long slot = Reservoir.SlotFor(_options.SampleSeed, slots.Seen++, slots.Contents.Length);
            slots.Through = record.Sequence;
            if (slot < slots.Contents.Length)
                slots.Contents[slot] = EntryCodec.SizeOf(segment.Content.Length, _options.Key is not null) <= mostBytes ? (record.Sequence, segment.Content.ToArray()) : null;
        }

        Write(slots);
    }

    /// <summary>Removes records.</summary>
    public int Remove(Func<long, bool> isRemoved)
    {
        Slots slots = Load();
        int removed = 0;
        for (int i = 0; i < slots.Contents.Length; i++)
        {
            if (slots.Contents[i] is not { } entry || !isRemoved(entry.Number))
                continue;
            slots.Contents[i] = null;
            removed++;
        }

        if (removed > 0)
            Write(slots);
        return removed;
    }

    /// <summary>Number of the newest record; 0 when there is none.</summary>
    public long Newest() => Load().Contents.Max(entry => entry?.Number) ?? 0;

    /// <summary>The records' contents, the oldest first.</summary>
    public IReadOnlyList<byte[]> Contents() =>
        [.. Load().Contents.OfType<(long Number, byte[] Content)>().OrderBy(entry => entry.Number).Select(entry => entry.Content)];

    private Slots Load()
    {
        if (_files.TryRead(Path) is not { } file)
            return new Slots();
        return Read(file, LogHeader.Read(file, LogFileKind.Sample, _options.Key, Path), Path, out _);
    }

    private static Slots Read(byte[] file, LogHeader header, string path, out long unreadable)
    {
        var slots = new Slots { Seen = header.Seen, Through = header.Through };
        var contents = new List<(long, byte[])?>();
        var reader = new LogFileReader(file, header, path);
        while (reader.MoveNext())
        {
            while (contents.Count < reader.Index)
                contents.Add(null);
            contents.Add(reader.Record is { } record ? (record.Sequence, reader.Content.ToArray()) : null);
        }

        slots.Contents = [.. contents];
        unreadable = reader.DamagedBytes + reader.TailBytes;
        return slots;
    }

    private void Write(Slots slots)
    {
        LogHeader header = LogHeader.Create(LogFileKind.Sample, _options.Key, 0, slots.Seen, slots.Through);
        var builder = new LogFileBuilder(header, slots.Contents.Sum(entry => 64L + (entry?.Content.Length ?? 0)));
        foreach ((long, byte[] Content)? entry in slots.Contents)
            builder.Add(entry?.Content ?? LogEntry.Empty);
        _files.WriteAtomic(Path, builder.Bytes);
        Learn(slots, builder.Bytes.Length);
    }

    private void Learn(Slots slots, long bytes)
    {
        Bytes = bytes;
        Records = slots.Contents.Count(entry => entry is not null);
        Through = slots.Through;
    }

    private sealed class Slots
    {
        public (long Number, byte[] Content)?[] Contents { get; set; } = [];

        public long Seen { get; set; }

        public long Through { get; set; }

        /// <summary>
        /// Another number of slots. Fewer are a random choice of those there are; more only come while none has been refused,
        /// since a record that was refused cannot be brought back.
        /// </summary>
        public void Resize(int size, ulong seed)
        {
            if (size > Contents.Length && Seen > Contents.Length && Contents.Length > 0)
                return;
            (long, byte[])?[] contents = Contents;
            for (int i = 0; i < Math.Min(size, contents.Length) && size < contents.Length; i++)
            {
                long other = i + Reservoir.Draw(seed, (ulong)(Seen + i), (ulong)(contents.Length - i));
                (contents[i], contents[other]) = (contents[other], contents[i]);
            }

            Array.Resize(ref contents, size);
            Contents = contents;
        }
    }
}
