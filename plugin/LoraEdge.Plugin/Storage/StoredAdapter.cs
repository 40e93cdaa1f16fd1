namespace LoraEdge.Storage;

/// <summary>An adapter as a reader of its file sees it: with B rounded to the stored precision.</summary>
/// <param name="Adapter">The adapter.</param>
/// <param name="Path">Path of its file; null when the host stores none.</param>
/// <param name="Bytes">Size of the file.</param>
internal sealed record StoredAdapter(Adapter Adapter, string? Path, long Bytes);
