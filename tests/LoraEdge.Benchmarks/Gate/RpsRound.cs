namespace LoraEdge.Benchmarks.Gate;

/// <summary>What both sides chose in one round, each 0, 1 or 2.</summary>
internal readonly record struct RpsRound(int Own, int Bot)
{
    private static readonly string[] s_moves = ["rock", "paper", "scissors"];

    /// <summary>The two as one of nine.</summary>
    public int Pair => (Own * s_moves.Length) + Bot;

    /// <summary>A round from two names of moves; null if one is none.</summary>
    public static RpsRound? Parse(string own, string bot) =>
        (Array.IndexOf(s_moves, own), Array.IndexOf(s_moves, bot)) is ( >= 0, >= 0) and var (mine, its) ? new RpsRound(mine, its) : null;
}
