namespace LoraEdge;

/// <summary>What is known of a segment file without reading it.</summary>
internal sealed class Segment(string path, long number)
{
    /// <summary>Path of the file.</summary>
    public string Path { get; } = path;

    /// <summary>Its place among the segments.</summary>
    public long Number { get; } = number;

    public long Bytes { get; set; }

    public int Records { get; private set; }

    /// <summary>Number of its last record, or of the last one it had.</summary>
    public long Last { get; private set; }

    /// <summary>Number of its first record.</summary>
    public long First { get; private set; }

    /// <summary>When its newest record was made.</summary>
    public DateTimeOffset Newest { get; private set; } = DateTimeOffset.MinValue;

    public void Add(long number, DateTimeOffset time)
    {
        if (Records++ == 0)
            First = number;
        Last = number;
        Newest = time > Newest ? time : Newest;
    }

    public void RemoveLast() => Records--;
}
