using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

public sealed class FilePlayerTests
{
    private string _path = "";

    [SetUp]
    public void CreateFile() => _path = Path.GetTempFileName();

    [TearDown]
    public void DeleteFile() => File.Delete(_path);

    [Test]
    public void DominantSurname_OfSeveralSpellings_CountsThemTogether() =>
        Assert.That(Dominant("Tal, Mihail|Geller, E", "Keres,P|TAL,M", "Tal|Geller, E"), Is.EqualTo("Tal"));

    [Test]
    public void DominantSurname_OfATie_IsTheOrdinallySmallest() =>
        Assert.That(Dominant("Tal, M|Keres, P"), Is.EqualTo("Keres"));

    [Test]
    public void DominantSurname_OfNamesakes_CountsTheirGameOnce() =>
        Assert.That(Dominant("Adams, M|Adams, J", "Short, N|Tal, M", "Short, N|Keres, P"), Is.EqualTo("Short"));

    [Test]
    public void DominantSurname_WithoutNames_IsEmpty() =>
        Assert.That(Dominant("?|", "|?"), Is.Empty);

    [Test]
    public void DominantSurname_OfAChinesePlayerAmongCommas_IsTheFirstWord() =>
        Assert.That(Dominant("Ding Liren|Carlsen,M", "So,W|Ding Liren", "Caruana,F|Ding Liren"), Is.EqualTo("Ding"));

    [Test]
    public void SideOfPlayer_InEachGame_FollowsTheName()
    {
        GameFile file = Load("Tal, Mihail|Keres, P", "Geller, E|Tal,M", "Geller, E|Keres, P", "Tal|NN");
        Assert.That(file.Games.Select(file.SideOfPlayer), Is.EqualTo(new Side?[] { Side.White, Side.Black, null, Side.White }));
    }

    [Test]
    public void SideOfPlayer_AgainstANamesake_FollowsTheFullName()
    {
        GameFile file = Load("Wang Yue|So,W", "Wang Yue|Li,B", "Wang Hao|Wang Yue", "Wang Hao|Wang Rui", "Carlsen,M|Aronian,L");
        Assert.That(file.Player, Is.EqualTo("Wang"));
        Assert.That(file.SideOfPlayer(file.Games[2]), Is.EqualTo(Side.Black));
        Assert.That(file.SideOfPlayer(file.Games[3]), Is.Null);
    }

    private string Dominant(params string[] pairs) => GameFile.DominantSurname(Load(pairs).Games);

    private GameFile Load(params string[] pairs)
    {
        File.WriteAllText(_path, string.Concat(pairs.Select(Game)));
        return GameFile.Load(_path);
    }

    private static string Game(string pair)
    {
        string[] names = pair.Split('|');
        return $"[White \"{names[0]}\"]\n[Black \"{names[1]}\"]\n\n1. e4 *\n\n";
    }
}
