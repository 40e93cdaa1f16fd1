namespace Rival.Tests.Chess;

/// <summary>SAN written from the words of the PGN standard, section 8.2.3, over <see cref="ReferenceBoard"/>.</summary>
internal static class ReferenceSan
{
    internal static string Write(ReferenceBoard board, Dictionary<string, ReferenceBoard> legal, string move)
    {
        string body = Body(board, legal, move);
        ReferenceBoard next = legal[move];
        if (!next.IsInCheck())
            return body;
        return body + (next.LegalMoves().Count == 0 ? '#' : '+');
    }

    private static string Body(ReferenceBoard board, Dictionary<string, ReferenceBoard> legal, string move)
    {
        string from = move[..2], to = move[2..4];
        char piece = PieceOn(board, from);
        bool captures = PieceOn(board, to) != ' ' || piece == 'P' && from[0] != to[0];
        if (piece == 'K' && Math.Abs(from[0] - to[0]) == 2)
            return to[0] == 'g' ? "O-O" : "O-O-O";
        if (piece == 'P')
            return (captures ? $"{from[0]}x" : "") + to + (move.Length == 5 ? $"={char.ToUpper(move[4])}" : "");
        return piece + Origin(board, legal, from, to) + (captures ? "x" : "") + to;
    }

    private static string Origin(ReferenceBoard board, Dictionary<string, ReferenceBoard> legal, string from, string to)
    {
        string[] rivals = [.. legal.Keys
            .Where(other => other[2..4] == to && other[..2] != from && PieceOn(board, other) == PieceOn(board, from))
            .Select(other => other[..2])];
        if (rivals.Length == 0)
            return "";
        if (rivals.All(rival => rival[0] != from[0]))
            return from[..1];
        return rivals.All(rival => rival[1] != from[1]) ? from[1..] : from;
    }

    private static char PieceOn(ReferenceBoard board, string square) =>
        char.ToUpper(board.At(square[0] - 'a' + 8 * (square[1] - '1')));
}
