namespace Rival.Chess;

/// <summary>Names of PGN files: what a directory's files call their players.</summary>
internal static class PgnFileName
{
    private static readonly string[] s_extensions = [".pgn.gz", ".pgn"];

    /// <summary>Whether the name is that of a PGN file.</summary>
    public static bool IsPgn(string path) => ExtensionOf(path) is not null;

    /// <summary>The file's name without folder and <c>.pgn</c> or <c>.pgn.gz</c>; other dots belong to the name.</summary>
    public static string WithoutExtension(string path) => Path.GetFileName(path[..^(ExtensionOf(path)?.Length ?? 0)]);

    private static string? ExtensionOf(string path) =>
        s_extensions.FirstOrDefault(extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase));
}
