using System.IO.Hashing;
using System.Runtime.InteropServices;
using Rival.Adaptation;
using Rival.Policy;

namespace Rival.Simulation;

/// <summary>Has simulated players play. All games go on side by side, so that each ply of all of them is a few inferences.</summary>
public static class SimulatedGames
{
    /// <summary>Half-moves after which a game is stopped.</summary>
    public const int MostPlies = 60;

    /// <summary>Plays games.</summary>
    /// <param name="infer">The frozen model.</param>
    /// <param name="players">Who plays.</param>
    /// <param name="gamesEach">Games of each player.</param>
    /// <param name="seed">Seed of all draws: the same seed gives the same games on the same machine.</param>
    /// <param name="cancellation">Checked between inferences.</param>
    /// <returns>The players' games, in the order of <paramref name="players"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<PlayerGames> Play(PolicyInference infer, IReadOnlyList<SimulatedPlayer> players, int gamesEach, int seed, CancellationToken cancellation = default)
    {
        SimulatedGame[][] games = [.. players.Select((player, p) => SetUp(player, gamesEach, seed, p))];
        var batch = new PolicyBatch(PolicyEvaluator.BatchSize);
        SimulatedGame[] open = [.. games.SelectMany(own => own)];
        while (open.Length > 0)
        {
            foreach (SimulatedGame[] together in open.Chunk(PolicyEvaluator.BatchSize))
            {
                cancellation.ThrowIfCancellationRequested();
                PlayOnePly(infer, batch, together);
            }

            open = [.. open.Where(game => !game.IsOver)];
        }

        return [.. players.Select((player, p) => new PlayerGames(player.Name, $"simulated:{player.Name}", [.. games[p].Select(game => game.Finish())]))];
    }

    private static SimulatedGame[] SetUp(SimulatedPlayer player, int games, int seed, int index) =>
        [.. Enumerable.Range(0, games).Select(number => new SimulatedGame(player, number, MostPlies, RandomOf(seed, index, number)))];

    /// <summary>Hashed, since neighbouring seeds of <see cref="Random"/> begin alike.</summary>
    private static Random RandomOf(params ReadOnlySpan<int> names) => new((int)XxHash32.HashToUInt32(MemoryMarshal.AsBytes(names)));

    private static void PlayOnePly(PolicyInference infer, PolicyBatch batch, SimulatedGame[] games)
    {
        batch.Clear();
        foreach (SimulatedGame game in games)
            game.Ask(batch);
        batch.Run(infer);
        for (int i = 0; i < games.Length; i++)
            games[i].Play(batch.Logits(i));
    }
}
