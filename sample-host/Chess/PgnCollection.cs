namespace Rival.Chess;

/// <summary>All games of a file, or of a directory of files.</summary>
public sealed class PgnCollection
{
    private PgnCollection(IReadOnlyList<GameFile> files, IReadOnlyList<PgnException> unreadable)
    {
        Files = files;
        UnreadableFiles = unreadable;
    }

    /// <summary>The files that hold games, ordinally by name.</summary>
    public IReadOnlyList<GameFile> Files { get; }

    /// <summary>The files of the directory that hold no readable game, and why.</summary>
    public IReadOnlyList<PgnException> UnreadableFiles { get; }

    /// <summary>The games of all files, file by file. A game between two of the files' players comes twice.</summary>
    public IEnumerable<PgnGame> Games => Files.SelectMany(static file => file.Games);

    /// <summary>How many games were read.</summary>
    public int GamesRead => Files.Sum(static file => file.Games.Count);

    /// <summary>How many games were left out, not counting <see cref="UnreadableFiles"/>.</summary>
    public int GamesSkipped => Files.Sum(static file => file.GamesSkipped);

    /// <summary>
    /// Reads a PGN file, or every <c>*.pgn</c> and <c>*.pgn.gz</c> directly in a directory. In a directory a file
    /// without games is noted in <see cref="UnreadableFiles"/> and passed over, as long as another has some.
    /// </summary>
    /// <param name="path">A file, whatever its name, or a directory.</param>
    /// <exception cref="PgnException">Nothing is there, or not one game can be read.</exception>
    public static PgnCollection Load(string path)
    {
        if (File.Exists(path))
            return new PgnCollection([GameFile.Load(path)], []);
        if (!Directory.Exists(path))
            throw PgnErrors.Missing(path);
        return LoadAll(path, PgnFilesIn(path));
    }

    /// <summary>The PGN files directly in a directory, ordinally by name, so that every machine sees one order.</summary>
    public static IReadOnlyList<string> PgnFilesIn(string directory) =>
        [.. Directory.EnumerateFiles(directory).Where(PgnFileName.IsPgn).OrderBy(Path.GetFileName, StringComparer.Ordinal)];

    private static PgnCollection LoadAll(string directory, IReadOnlyList<string> paths)
    {
        if (paths.Count == 0)
            throw PgnErrors.NoFiles(directory);
        List<GameFile> files = [];
        List<PgnException> unreadable = [];
        foreach (string path in paths)
        {
            try
            {
                files.Add(GameFile.Load(path));
            }
            catch (PgnException problem)
            {
                unreadable.Add(problem);
            }
        }
        return files.Count > 0 ? new PgnCollection(files, unreadable) : throw PgnErrors.NoReadableFile(directory, unreadable);
    }
}
