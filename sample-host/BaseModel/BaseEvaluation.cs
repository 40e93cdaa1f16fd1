using LoraEdge.Inference;
using LoraEdge.Onnx;
using Rival.Chess;
using Rival.Policy;

namespace Rival.BaseModel;

/// <summary>Measures a base model on games of held-out players, on the moves of both sides, through ONNX Runtime.</summary>
public static class BaseEvaluation
{
    /// <summary>Every how many of the held-out players' distinct games one is used.</summary>
    public const int GameInterval = 10;

    /// <summary>Scores a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="games">A directory with one PGN file per player.</param>
    /// <returns>The score, and how many games and players it is over.</returns>
    public static (PolicyScore Score, int Games, int Players) Run(OnnxModel model, string games)
    {
        GameFile[] files = [.. PgnCollection.Load(games).Files.Where(file => PlayerSplit.RoleOf(file.Path) == PlayerRole.HeldOut)];
        var seen = new HashSet<ulong>();
        PgnGame[] distinct = [.. files.SelectMany(file => file.Games).Where(game => game.StartFen is null && seen.Add(GameKey.Of(game)))];
        PgnGame[] used = [.. distinct.Where((_, index) => index % GameInterval == 0)];
        using var session = new MergedSession(model, settings: new SessionSettings { Threads = Environment.ProcessorCount });
        return (new PolicyEvaluator().Score(session.Run, used.SelectMany(Decision.Of)), used.Length, files.Length);
    }
}
