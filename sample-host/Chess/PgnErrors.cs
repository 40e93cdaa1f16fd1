namespace Rival.Chess;

/// <summary>Words the ways in which a path gives no games.</summary>
internal static class PgnErrors
{
    private const string WhatToDo = "Give a .pgn or .pgn.gz file, or a directory that holds some.";

    internal static PgnException Missing(string path) =>
        new(path, $"'{path}' is neither a file nor a directory. {WhatToDo}");

    internal static PgnException NoFiles(string path) =>
        new(path, $"The directory '{path}' holds no *.pgn or *.pgn.gz file. {WhatToDo}");

    internal static PgnException Unreadable(string path, Exception cause) =>
        new(path, $"'{path}' cannot be read: {cause.Message} Check that it exists and that you may read it.", cause);

    internal static PgnException NoGames(string path, int skipped, IReadOnlyList<PgnSkip> skips)
    {
        if (new FileInfo(path).Length == 0)
            return new PgnException(path, $"The file '{path}' is empty. {WhatToDo}");
        if (Describe(path) is { } kind)
            return new PgnException(path, $"The file '{path}' is {kind}, not PGN text. {WhatToDo}");
        string found = skipped == 0 ? "no chess game, not even a broken one" : $"{skipped} unreadable games, the first at {skips[0]}";
        return new PgnException(path, $"The file '{path}' holds {found}. {WhatToDo}");
    }

    internal static PgnException NoReadableFile(string path, IReadOnlyList<PgnException> problems) =>
        new(path, $"None of the {problems.Count} PGN files in '{path}' holds a readable game. The first: {problems[0].Message}", problems[0]);

    private static string? Describe(string path)
    {
        var head = new byte[512];
        using FileStream file = File.OpenRead(path);
        int read = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return head.AsSpan(0, read) switch
        {
            [0x1F, 0x8B, ..] => null,
            [(byte)'P', (byte)'K', 3, 4, ..] => "a zip archive (unpack it first)",
            [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "UTF-16 text (save it as UTF-8)",
            var bytes => bytes.Contains((byte)0) ? "binary data" : null,
        };
    }
}
