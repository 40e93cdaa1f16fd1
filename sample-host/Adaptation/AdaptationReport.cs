using System.Text.Json;
using Rival.Policy;

namespace Rival.Adaptation;

/// <summary>What <c>adapt</c> found, over all players: the one JSON object it ends with. Names and units are an interface.</summary>
public sealed record AdaptationReport
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Number of players.</summary>
    public required int Players { get; init; }

    /// <summary>Games of these players, those that were not used included.</summary>
    public required int Games { get; init; }

    /// <summary>Moves predicted, of all players.</summary>
    public required int TestMoves { get; init; }

    /// <summary>The frozen model, over all test moves.</summary>
    public required Figures Base { get; init; }

    /// <summary>With each player's own adapter, over the same moves.</summary>
    public required Figures Adapted { get; init; }

    /// <summary>Share of players whose moves became more probable, 0 to 1.</summary>
    public required double HelpedShare { get; init; }

    /// <summary>Bytes of adapter files; for full fine-tuning of the changed weights in fp16.</summary>
    public required Spread AdapterBytes { get; init; }

    /// <summary>Bytes of the trained numbers in one adapter file: of B (with LoRA, of A as well).</summary>
    public required long PayloadBytes { get; init; }

    /// <summary>Seconds of training per player.</summary>
    public required Middle TrainSeconds { get; init; }

    /// <summary>What was trained: <c>lora-fa</c>, <c>lora</c> or <c>full</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Rank of the adapters; null for full fine-tuning.</summary>
    public required int? Rank { get; init; }

    /// <summary>Highest learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Seed of the order in which records were drawn.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Each player.</summary>
    public required IReadOnlyList<PlayerFigures> PerPlayer { get; init; }

    /// <summary>Pools the reports of players, at least one.</summary>
    public static AdaptationReport Of(IReadOnlyList<PlayerReport> players, AdaptOptions options) => new()
    {
        Players = players.Count,
        Games = players.Sum(player => player.Games),
        TestMoves = players.Sum(player => player.Base.All.Moves),
        Base = Figures.Of(players.Aggregate(default(PolicyScore), (sum, player) => sum + player.Base)),
        Adapted = Figures.Of(players.Aggregate(default(PolicyScore), (sum, player) => sum + player.Adapted)),
        HelpedShare = players.Average(player => player.IsHelped ? 1.0 : 0.0),
        AdapterBytes = new Spread(Median.Of(players.Select(player => (double)player.AdapterBytes)), players.Max(player => player.AdapterBytes)),
        PayloadBytes = players[0].PayloadBytes,
        TrainSeconds = new Middle(Math.Round(Median.Of(players.Select(player => player.TrainingTime.TotalSeconds)), 3)),
        Method = NameOf(options.Kind),
        Rank = options.Kind == AdaptationKind.Full ? null : options.Training.Rank,
        LearningRate = options.Training.LearningRate,
        Seed = options.Training.SamplingSeed,
        PerPlayer = [.. players.Select(PlayerFigures.Of)],
    };

    /// <summary>The report on one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>The name of a method on the command line and in reports.</summary>
    public static string NameOf(AdaptationKind kind) => kind switch
    {
        AdaptationKind.Lora => "lora",
        AdaptationKind.Full => "full",
        _ => "lora-fa",
    };

    /// <summary>A score as JSON has it.</summary>
    public sealed record Figures(double Nll, double Accuracy, double OpeningNll, double OpeningAccuracy)
    {
        internal static Figures Of(PolicyScore score) => new(score.All.Nll, score.All.Accuracy, score.Opening.Nll, score.Opening.Accuracy);
    }

    /// <summary>Middle and end of a list of sizes.</summary>
    public sealed record Spread(double Median, double Max);

    /// <summary>Middle of a list of durations.</summary>
    public sealed record Middle(double Median);

    /// <summary>One player as JSON has it.</summary>
    public sealed record PlayerFigures(string Player, int Games, int TrainingMoves, int TestMoves, Figures Base, Figures Adapted, long AdapterBytes, double TrainSeconds, long Steps, string? File)
    {
        internal static PlayerFigures Of(PlayerReport player) => new(
            player.Player, player.Games, player.TrainingMoves, player.Base.All.Moves, Figures.Of(player.Base), Figures.Of(player.Adapted),
            player.AdapterBytes, Math.Round(player.TrainingTime.TotalSeconds, 3), player.Training.Steps, player.FilePath);
    }
}
