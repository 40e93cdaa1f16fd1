namespace LoraEdge.Benchmarks;

/// <summary>
/// Finds the data: in the folder given, and what is absent there in ../shared/data beside the repository, or where the
/// environment variable LORAEDGE_DATA points.
/// </summary>
internal sealed class BenchmarkData
{
    private readonly string? _given;

    /// <param name="given">The folder given; null when none is.</param>
    /// <param name="shared">The project's own data; null for where it usually is.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder as the one given.</exception>
    public BenchmarkData(string? given, string? shared = null)
    {
        Shared = shared ?? Environment.GetEnvironmentVariable("LORAEDGE_DATA") ?? FindShared();
        if (given is not null && !Directory.Exists(given))
            throw new DirectoryNotFoundException($"--data: there is no folder '{given}'.");

        // The project's own data holds players whom the base model knows, whoever names it.
        _given = given is null || FullPath(given) == FullPath(Shared) ? null : given;
    }

    /// <summary>The project's own data.</summary>
    public string Shared { get; }

    /// <summary>A folder of the data.</summary>
    /// <param name="name">Its name, for example <c>chess</c>.</param>
    /// <exception cref="DirectoryNotFoundException">Neither place has such a folder.</exception>
    public DataFolder Folder(string name)
    {
        string shared = Path.Combine(Shared, name);
        if (_given is not null && Path.Combine(_given, name) is var own && Directory.Exists(own))
            return new DataFolder(own, IsGiven: true);
        return Directory.Exists(shared)
            ? new DataFolder(shared, IsGiven: false)
            : throw new DirectoryNotFoundException($"There is no folder '{shared}'; pass --data or set LORAEDGE_DATA.");
    }

    /// <summary>Path of one file of the data.</summary>
    /// <param name="path">Path inside the data.</param>
    /// <exception cref="FileNotFoundException">Neither place has it.</exception>
    public string File(string path)
    {
        string shared = Path.Combine(Shared, path);
        if (_given is not null && Path.Combine(_given, path) is var own && System.IO.File.Exists(own))
            return own;
        return System.IO.File.Exists(shared) ? shared : throw new FileNotFoundException($"There is no file '{shared}'; pass --data or set LORAEDGE_DATA.");
    }

    /// <summary>Whether a path that <see cref="File"/> returned is of the project's own data.</summary>
    public bool IsShared(string path) => _given is null || !FullPath(path).StartsWith(FullPath(_given) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string FullPath(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

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
