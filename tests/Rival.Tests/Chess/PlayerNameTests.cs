using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

public sealed class PlayerNameTests
{
    [TestCase("Tal, Mihail", "Tal")]
    [TestCase("Tal,M", "Tal")]
    [TestCase("Mihail Tal", "Tal")]
    [TestCase("M. Tal", "Tal")]
    [TestCase("Tal M.", "Tal")]
    [TestCase("Tal M", "Tal")]
    [TestCase("  Tal ", "Tal")]
    [TestCase("Tal,", "Tal")]
    [TestCase("Tal (URS)", "Tal")]
    [TestCase("GM Mihail Tal", "Tal")]
    [TestCase("DrNykterstein", "DrNykterstein")]
    [TestCase("tal_1936", "tal_1936")]
    [TestCase("john smith", "smith")]
    [TestCase("Van der Wiel, John", "Van der Wiel")]
    [TestCase("John van der Wiel", "van der Wiel")]
    [TestCase("Donald Byrne Jr.", "Byrne")]
    [TestCase("Vachier-Lagrave,M", "Vachier-Lagrave")]
    [TestCase("?", "?")]
    [TestCase("", "")]
    [TestCase(" , ", "")]
    public void Surname_OfAName_IsTheFamilysPart(string name, string surname) =>
        Assert.That(PlayerName.Surname(name), Is.EqualTo(surname));

    [TestCase("Ding Liren", "Ding")]
    [TestCase("Tal, Mihail", "Tal")]
    [TestCase("Tal", "Tal")]
    [TestCase("", "")]
    public void Surname_WhereItComesFirst_IsTheFirstWord(string name, string surname) =>
        Assert.That(PlayerName.Surname(name, NameOrder.SurnameFirst), Is.EqualTo(surname));

    [Test]
    public void OrderIn_AmongNamesWithCommas_PutsSurnamesFirst() =>
        Assert.That(
            PlayerName.OrderIn(["Ding Liren", "Ding Liren", "Ding Liren", "Carlsen,M", "So,W"]),
            Is.EqualTo(NameOrder.SurnameFirst));

    [Test]
    public void OrderIn_AmongNamesWithoutCommas_PutsForenamesFirst() =>
        Assert.That(
            PlayerName.OrderIn(["Mihail Tal", "Bobby Fischer", "Tal, Mihail", "handle"]),
            Is.EqualTo(NameOrder.ForenameFirst));
}
