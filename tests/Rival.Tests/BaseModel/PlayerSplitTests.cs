using NUnit.Framework;
using Rival.BaseModel;
using Rival.Chess;
using Rival.Tests.Chess;

namespace Rival.Tests.BaseModel;

public sealed class PlayerSplitTests
{
    private Scratch _scratch = null!;

    [SetUp]
    public void StartAfresh() => _scratch = new Scratch();

    [TearDown]
    public void Remove() => _scratch.Dispose();

    // The first bytes were computed with Python's hashlib.
    [TestCase("Marshall", PlayerRole.HeldOut)] // 0
    [TestCase("Aake", PlayerRole.HeldOut)] // 50
    [TestCase("Aais", PlayerRole.Tuning)] // 51
    [TestCase("Wolff", PlayerRole.Tuning)] // 69
    [TestCase("Fischer", PlayerRole.Base)] // 70
    [TestCase("Gligoric", PlayerRole.Base)] // 255
    public void RoleOf_AFile_FollowsTheFirstByteOfTheHashOfItsName(string name, PlayerRole role)
    {
        foreach (string path in new[] { name, $"{name}.pgn", $"{name}.pgn.gz", Path.Combine("some.where", "else", $"{name}.pgn") })
            Assert.That(PlayerSplit.RoleOf(path), Is.EqualTo(role), path);
    }

    [Test]
    public void IsForBase_AGameBetweenBasePlayers_IsTrue()
    {
        string[] players = InventedNames.Of(PlayerRole.Base, 2);
        Write(players[0], 4);
        Write(players[1], 4);
        Write(InventedNames.Of(PlayerRole.HeldOut), 4);
        Assert.That(Split().IsForBase(Game($"{players[0]}, Anna", $"{players[1]}, Ben")));
    }

    [Test]
    public void IsForBase_AGameInAReservedPlayersFile_IsFalseWhateverNamesItHasElsewhere([Values(PlayerRole.HeldOut, PlayerRole.Tuning)] PlayerRole role)
    {
        PgnGame game = Game("Misspelt, Anna", "Somebody, Else");
        PgnGame other = Game("Misspelt, Anna", "Somebody, Else", seed: 2);
        string reserved = InventedNames.Of(role);
        Write(InventedNames.Of(PlayerRole.Base), 4);
        Write(reserved, 4, Text("Mispelled, A", "Sombody, E"));
        PlayerSplit split = Split();
        Assert.That((split.IsForBase(game), split.IsForBase(other)), Is.EqualTo((false, true)));
    }

    [Test]
    public void IsForBase_AGameOfAReservedPlayerInAnotherFile_IsFalseHoweverTheNameIsSpelled(
        [Values(PlayerRole.HeldOut, PlayerRole.Tuning)] PlayerRole role,
        [Values("*, Anna", "*,A", "*", "Anna *", "A. *", "* A.", "* Anna", "*, Anna (URS)")] string spelling)
    {
        string reserved = InventedNames.Of(role), player = InventedNames.Of(PlayerRole.Base);
        Write(player, 4);
        Write(reserved, 4);
        PlayerSplit split = Split();
        foreach (string name in new[] { spelling.Replace("*", reserved), spelling.Replace("*", reserved.ToUpperInvariant()) })
        {
            Assert.That(split.IsForBase(Game(name, $"{player}, Ben")), Is.False, name);
            Assert.That(split.IsForBase(Game($"{player}, Ben", name)), Is.False, name);
        }
    }

    [Test]
    public void IsForBase_WhereTheReservedPlayersOwnFileHasNoCommas_StillKnowsTheName()
    {
        string reserved = InventedNames.Of(PlayerRole.HeldOut);
        _scratch.Write($"{reserved}.pgn", string.Concat(Enumerable.Range(0, 4).Select(n => Text($"Anna {reserved}", $"Ben Other{n}", n + 10))));
        PlayerSplit split = Split();
        Assert.That(split.IsForBase(Game($"{reserved}, Anna", "Somebody, Else")), Is.False);
        Assert.That(split.IsForBase(Game("Somebody, Else", $"{reserved} Anna")), Is.False);
        Assert.That(split.IsForBase(Game("Somebody, Else", "Anna Nobody")));
    }

    private void Write(string player, int games, string more = "") =>
        _scratch.Write($"{player}.pgn", Playouts.Pgn($"{player}, Anna", games, 12, seed: int.Parse(player["Player".Length..])) + more);

    private PlayerSplit Split() => new(PgnCollection.Load(_scratch.Folder));

    private static PgnGame Game(string white, string black, int seed = 1) => Pgn.ReadOne(Text(white, black, seed));

    private static string Text(string white, string black, int seed = 1) => Playouts.Pgn(white, black, "2001.01.01", 20, new Random(seed));
}
