namespace LoraEdge;

/// <summary>Something that happened to a log and that the host should know.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="File">Path of the file it happened to; empty where it is none.</param>
/// <param name="Records">Records concerned, as far as it can be told.</param>
/// <param name="Bytes">Bytes concerned.</param>
/// <param name="Message">The same in words, with what to do.</param>
public sealed record LogReport(LogReportKind Kind, string File, long Records, long Bytes, string Message);

/// <summary>What a <see cref="LogReport"/> is about.</summary>
public enum LogReportKind
{
    /// <summary>A crash had left an incomplete record at the end; it was cut off.</summary>
    TornTail,

    /// <summary>A file was damaged: a copy of it was set aside, and what can be read was kept.</summary>
    Damaged,

    /// <summary>Records were not kept because the memory for waiting records was full, or one was too large.</summary>
    Lost,

    /// <summary>The disk could not be written. What waits is tried again.</summary>
    WriteFailed,
}
