namespace LoraEdge.Benchmarks;

/// <summary>
/// Finds the data: in the folder given, and what is absent there in ../shared/data beside the repository, or where the
/// environment variable LORAEDGE_DATA points.
/// </summary>
internal sealed class BenchmarkData(string? given)
{
    /// <summary>Whether a folder was given: then every player in it counts as held out.</summary>
    public bool IsGiven => given is not null;

    /// <summary>The project's own data.</summary>
    public static string Shared { get; } = Environment.GetEnvironmentVariable("LORAEDGE_DATA") ?? FindShared();

    /// <summary>The files of a folder of the data.</summary>
    /// <param name="folder">Name of the folder, for example <c>chess</c>.</param>
    /// <exception cref="DirectoryNotFoundException">Neither place has such a folder.</exception>
    public string Folder(string folder)
    {
        string[] candidates = [.. new[] { given, Shared }.OfType<string>().Select(root => Path.Combine(root, folder))];
        return candidates.FirstOrDefault(Directory.Exists)
            ?? throw new DirectoryNotFoundException($"There is no folder {string.Join(" or ", candidates)}; pass --data or set LORAEDGE_DATA.");
    }

    /// <summary>One file of the data.</summary>
    /// <param name="path">Path inside the data.</param>
    /// <exception cref="DirectoryNotFoundException">Neither place has it.</exception>
    public string File(string path)
    {
        string[] candidates = [.. new[] { given, Shared }.OfType<string>().Select(root => Path.Combine(root, path))];
        return candidates.FirstOrDefault(System.IO.File.Exists)
            ?? throw new DirectoryNotFoundException($"There is no file {string.Join(" or ", candidates)}; pass --data or set LORAEDGE_DATA.");
    }

    private static string FindShared()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "LoraEdge.sln")))
                return Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "data"));
        }

        return Path.GetFullPath(Path.Combine("..", "shared", "data"));
    }
}
