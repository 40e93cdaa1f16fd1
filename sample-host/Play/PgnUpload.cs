using System.Security.Cryptography;
using Rival.Adaptation;
using Rival.Chess;

namespace Rival.Play;

/// <summary>A player of an uploaded file.</summary>
/// <param name="Name">The name as the file spells it most often.</param>
/// <param name="Games">How many games.</param>
public sealed record UploadedPlayer(string Name, int Games);

/// <summary>The games of a file that a page has brought.</summary>
public sealed class PgnUpload
{
    /// <summary>The largest file, packed or not, in bytes.</summary>
    public const int MostBytes = 32 * 1024 * 1024;

    /// <summary>The longest text after unpacking, in bytes.</summary>
    public const long MostText = 256L * 1024 * 1024;

    /// <summary>The most games that are kept.</summary>
    public const int MostGames = 50_000;

    private const int MostPlayers = 50;

    private readonly IReadOnlyList<PgnGame> _games;

    private PgnUpload(string name, IReadOnlyList<PgnGame> games) => (Name, _games) = (name, games);

    /// <summary>Name of the file, for people.</summary>
    public string Name { get; }

    /// <summary>Who has games in it, most games first.</summary>
    public IReadOnlyList<UploadedPlayer> Players =>
    [
        .. _games.SelectMany(game => new[] { game.White, game.Black }.Distinct(StringComparer.OrdinalIgnoreCase))
            .Where(name => name is not ("" or "?"))
            .GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
            .Select(same => new UploadedPlayer(same.Key, same.Count()))
            .OrderByDescending(player => player.Games).ThenBy(player => player.Name, StringComparer.Ordinal)
            .Take(MostPlayers),
    ];

    /// <summary>Reads a file: PGN text, or gzip of it.</summary>
    /// <param name="name">Its name, for people.</param>
    /// <param name="content">Its content, at most <see cref="MostBytes"/>.</param>
    /// <param name="cancellation">Checked between games.</param>
    /// <exception cref="PgnException">There is not one game in it, or far too much text.</exception>
    public static PgnUpload Read(string name, byte[] content, CancellationToken cancellation = default)
    {
        using var reader = new PgnReader(new MemoryStream(content), MostText);
        var games = new List<PgnGame>();
        while (games.Count < MostGames && reader.ReadGame() is { } game)
        {
            cancellation.ThrowIfCancellationRequested();
            games.Add(game);
        }

        return games.Count > 0 ? new PgnUpload(name, games) : throw new PgnException(name, reader.GamesSkipped > 0
            ? $"No game of the file can be read. The first that cannot, at {reader.FirstSkips[0]}"
            : "There is no chess game in the file. Choose a .pgn or .pgn.gz file.");
    }

    /// <summary>The games of a player with the side that the player has.</summary>
    public IReadOnlyList<PlayedGame> GamesOf(string player) =>
        [.. _games.Where(game => Is(game.White, player) != Is(game.Black, player)).Select(game => new PlayedGame(game, Is(game.White, player) ? Side.White : Side.Black)).Where(game => game.OwnMoves > 0)];

    private static bool Is(string written, string player) => written.Equals(player, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The files that pages have brought last, by a token that cannot be guessed. For any thread.</summary>
public sealed class UploadShelf
{
    /// <summary>How many are kept.</summary>
    public const int Most = 3;

    private readonly Lock _lock = new();
    private readonly List<(string Token, PgnUpload Upload)> _kept = [];

    /// <summary>Keeps a file; the oldest goes when there are too many.</summary>
    /// <returns>Its token.</returns>
    public string Add(PgnUpload upload)
    {
        string token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        lock (_lock)
        {
            _kept.Add((token, upload));
            if (_kept.Count > Most)
                _kept.RemoveAt(0);
        }

        return token;
    }

    /// <summary>The file of a token; null when there is none, or no longer.</summary>
    public PgnUpload? Find(string token)
    {
        lock (_lock)
            return _kept.FirstOrDefault(kept => kept.Token == token).Upload;
    }
}
