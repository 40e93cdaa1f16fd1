namespace LoraEdge;

/// <summary>What a folder's listing tells of a file without opening it.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Modified">When it was last written, UTC.</param>
public readonly record struct FileStamp(string Path, long Length, DateTime Modified);
