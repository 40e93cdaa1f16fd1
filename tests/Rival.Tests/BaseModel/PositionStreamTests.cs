using LoraEdge;
using NUnit.Framework;
using Rival.BaseModel;
using Rival.Chess;
using Rival.Policy;
using Rival.Tests.Chess;

namespace Rival.Tests.BaseModel;

public sealed class PositionStreamTests
{
    private static readonly List<PgnGame> s_games = Pgn.Read(Playouts.Pgn("A, B", games: 40, plies: 12, seed: 1), out _);

    [Test]
    public void Take_WithTheSameSeed_GivesTheSameRecordsWhateverThePortions()
    {
        var portions = new PositionStream(s_games, seed: 3);
        string[] records = [.. Keys(portions.Take(100)), .. Keys(portions.Take(0)), .. Keys(portions.Take(200))];
        Assert.That(records, Is.EqualTo(Keys(new PositionStream(s_games, seed: 3).Take(300))));
    }

    [Test]
    public void Take_WithAnotherSeed_GivesOtherRecords() =>
        Assert.That(Keys(new PositionStream(s_games, seed: 3).Take(100)), Is.Not.EqualTo(Keys(new PositionStream(s_games, seed: 4).Take(100))));

    [Test]
    public void Take_OfManyRecords_DrawsEveryMoveOfEveryGameAndNothingElse()
    {
        HashSet<string> expected = [.. s_games.SelectMany(Decision.Of).Select(decision => Key(decision.ToRecord()))];
        Assert.That(new HashSet<string>(Keys(new PositionStream(s_games, seed: 5).Take(8000))), Is.EquivalentTo(expected));
    }

    [Test]
    public void Take_OfOneBatch_MixesTheGames()
    {
        Dictionary<string, int> gameOf = [];
        for (int game = 0; game < s_games.Count; game++)
            foreach (Decision decision in Decision.Of(s_games[game]))
                gameOf.TryAdd(Key(decision.ToRecord()), game);
        Assert.That(Keys(new PositionStream(s_games, seed: 5).Take(64)).Select(key => gameOf[key]).Distinct().Count(), Is.GreaterThan(20));
    }

    private static string[] Keys(List<Interaction> records) => [.. records.Select(Key)];

    /// <summary>The board with the move: random games hardly share more than the first of these.</summary>
    private static string Key(Interaction record) => Convert.ToBase64String(record.Inputs[PolicyRecord.Input].Bytes) + record.Target.Classes![0];
}
