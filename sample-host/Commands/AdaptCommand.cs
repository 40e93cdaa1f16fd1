using System.CommandLine;
using LoraEdge;
using Rival.Adaptation;

namespace Rival.Commands;

/// <summary><c>adapt</c>: adapts to real players from their games, and measures it.</summary>
internal static class AdaptCommand
{
    public static Command Create()
    {
        var games = new Option<string?>("--games") { Description = "A PGN file (also .pgn.gz) of one player, or a directory with one per player.", Required = true };
        var player = new Option<string?>("--player") { Description = "Name of the player, looked for in all files of a directory. Default: for each file the one that most of its games share." };
        var maxMoves = new Option<int>("--max-moves") { Description = "The most own moves to learn from, the newest.", DefaultValueFactory = _ => 4000 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the order in which moves are drawn." };
        var json = new Option<bool>("--json") { Description = "Nothing but the JSON object on standard output." };
        Option<string> method = new Option<string>("--method") { Description = "What is trained.", DefaultValueFactory = _ => "lora-fa" }.AcceptOnlyFromAmong("lora-fa", "lora", "full");
        var rank = new Option<int>("--rank") { Description = "Rank of the adapter.", DefaultValueFactory = _ => 1 };
        var rate = new Option<double?>("--learning-rate") { Description = "Highest learning rate. Default: that of the method." };
        var model = new Option<string?>("--model") { Description = "The frozen policy network. Default: the one that comes with the game." };
        var projection = new Option<string?>("--projection") { Description = "A calibrated projection, or 'random' for the one of seed 0. Default: the one beside the model, if there is one." };
        var output = new Option<string?>("--out") { Description = "Folder that keeps the adapters. Default: none is kept." };
        var command = new Command("adapt", "Adapt to players from their real games, and tell how well their later games are predicted.")
        {
            games, player, maxMoves, seed, json, method, rank, rate, model, projection, output,
        };
        command.SetAction((result, cancellation) =>
        {
            AdaptationKind kind = KindOf(result.GetValue(method)!);
            TrainingOptions defaults = MethodDefaults.Of(kind);
            TrainingOptions training = defaults with
            {
                Rank = result.Within(rank, $"1 to {AdapterLimits.MaxRank}", value => value is >= 1 and <= AdapterLimits.MaxRank),
                LearningRate = result.Within(rate, "above 0 and below 10", value => value is > 0 and < 10) ?? defaults.LearningRate,
                SamplingSeed = result.GetValue(seed),
            };
            var adaptation = new GamesAdaptation
            {
                Games = result.RequiredPathOf(games),
                Player = result.GetValue(player),
                MaxMoves = result.Within(maxMoves, "1 or more", value => value >= 1),
                ModelPath = result.PathOf(model),
                Options = new AdaptOptions
                {
                    Kind = kind,
                    Training = training,
                    Projection = ProjectionOf(result.PathOf(projection)),
                    StorageFolder = result.PathOf(output),
                },
                JsonOnly = result.GetValue(json),
            };
            return Task.Run(() => adaptation.Run(cancellation), CancellationToken.None);
        });
        return command;
    }

    private static IProjectionSource? ProjectionOf(string? projection) => projection switch
    {
        null => null,
        "random" => new SeededProjection(0),
        _ => CalibratedProjection.Load(projection),
    };

    private static AdaptationKind KindOf(string method) => method switch
    {
        "lora" => AdaptationKind.Lora,
        "full" => AdaptationKind.Full,
        _ => AdaptationKind.LoraFa,
    };
}
