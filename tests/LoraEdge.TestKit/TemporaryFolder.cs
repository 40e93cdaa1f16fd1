namespace LoraEdge.TestKit;

/// <summary>A folder that lives as long as a test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Creates an empty folder.</summary>
    public TemporaryFolder() => Directory.CreateDirectory(Root);

    /// <summary>Its path.</summary>
    public string Root { get; } = Path.Combine(Path.GetTempPath(), "loraedge-" + Guid.NewGuid().ToString("N"));

    /// <summary>Path of a file in it.</summary>
    public string File(string name) => Path.Combine(Root, name);

    /// <summary>All files below it, relative to it, in ordinal order.</summary>
    public string[] Files() =>
        [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(Root, recursive: true);
}
