using System.CommandLine;
using Rival.Adaptation;

namespace Rival.Commands;

/// <summary>The program without a command: adapts to three simulated players, so that there is something to see without any file.</summary>
internal static class MainCommand
{
    public static RootCommand Create()
    {
        var store = new Option<string?>("--store") { Description = "Folder for the players' adapters. Default: one per model in the user's local application data." };
        var games = new Option<int>("--games-each") { Description = "Simulated games of each player.", DefaultValueFactory = _ => 120 };
        var seed = new Option<int>("--seed") { Description = "Seed of games and training.", DefaultValueFactory = _ => 1 };
        var model = new Option<string?>("--model") { Description = "The frozen policy network. Default: the one that comes with the game." };
        var root = new RootCommand("Rival: chess against an opponent that learns you. Without a command: adapts to three simulated players and tells how well it went.") { store, games, seed, model };
        root.SetAction((result, cancellation) =>
        {
            int gamesEach = result.Within(games, $"{PlayerLog.FewestGames} to 10000", value => value is >= PlayerLog.FewestGames and <= 10_000);
            var adaptation = new SimulatedAdaptation(result.PathOf(model), result.PathOf(store), gamesEach, result.GetValue(seed));
            return Task.Run(() => adaptation.Run(cancellation), CancellationToken.None);
        });
        return root;
    }
}
