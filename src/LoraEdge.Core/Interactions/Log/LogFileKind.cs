namespace LoraEdge;

/// <summary>What a file of records is. The numbers are written into files.</summary>
internal enum LogFileKind : byte
{
    /// <summary>A part of the log, in order.</summary>
    Segment = 1,

    /// <summary>The sample of older records: an entry for every slot.</summary>
    Sample = 2,

    /// <summary>A whole log, for another place.</summary>
    Export = 3,
}
