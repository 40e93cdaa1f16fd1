using System.Text;
using Rival.Chess;

namespace Rival.Tests.Chess;

/// <summary>Reads PGN from text for the tests.</summary>
internal static class Pgn
{
    internal const string Short = "[Event \"A\"]\n[White \"Tal, Mihail\"]\n[Black \"NN\"]\n[Result \"1-0\"]\n\n1. e4 e5 2. Nf3 1-0\n\n";

    internal static List<PgnGame> Read(string text, out PgnReader reader) => Read(Encoding.UTF8.GetBytes(text), out reader);

    internal static List<PgnGame> Read(byte[] bytes, out PgnReader reader)
    {
        reader = new PgnReader(new MemoryStream(bytes));
        return [.. reader.ReadGames()];
    }

    /// <summary>The only game of a text.</summary>
    internal static PgnGame ReadOne(string text) => Read(text, out _).Single();

    /// <summary>The game's moves in UCI notation, separated by blanks.</summary>
    internal static string Line(PgnGame game) => string.Join(' ', game.Moves);
}
