using NUnit.Framework;
using OpenQA.Selenium;

namespace Rival.Browser.Tests;

/// <summary>A game on the page.</summary>
[TestFixture]
internal sealed class PlayTests : BrowserTest
{
    [Test]
    public void MoveByMouse_IsPlayed_AndAnswered()
    {
        Page.Click("[data-square=e2]");
        Page.Click("[data-square=e4]");

        Page.UntilMoves(2);
        Assert.Multiple(() =>
        {
            Assert.That(Page.Moves[0], Is.EqualTo("e4"));
            Assert.That(Page.Position, Does.Contain("e2, empty"));
        });
    }

    [Test]
    public void MoveByKeys_IsPlayed_AndAnswered()
    {
        Page.Find("[data-square=d2]").SendKeys(Keys.Enter);
        Page.Find("[data-square=d4]").SendKeys(Keys.Enter);

        Page.UntilMoves(2);
        Assert.That(Page.Moves[0], Is.EqualTo("d4"));
    }

    [Test]
    public void MovesInNotation_ArePlayed_CastlingToo()
    {
        string[] moves = ["Nf3", "g3", "Bg2", "O-O"];
        StartGameWithoutChance();

        for (int i = 0; i < moves.Length; i++)
        {
            Page.PlaySan(moves[i]);
            Page.UntilMoves(2 * i + 2);
        }

        Assert.Multiple(() =>
        {
            Assert.That(Page.Moves.Where((_, i) => i % 2 == 0), Is.EqualTo(moves));
            Assert.That(Page.Position, Does.Contain("g1, white king").And.Contain("f1, white rook"));
        });
    }

    [Test]
    public void IllegalMoveInNotation_IsRefused_AndTheGameGoesOn()
    {
        Page.PlaySan("Ke2");
        Page.Until("notice", () => Page.Texts("#notices .notice").Count > 0);

        Page.PlaySan("e4");
        Page.UntilMoves(2);
    }

    [Test]
    public void Reload_KeepsThePosition()
    {
        Page.PlaySan("e4");
        Page.UntilMoves(2);
        IReadOnlyList<string> moves = Page.Moves;
        IReadOnlyList<string> position = Page.Position;

        Page.Reload();

        Assert.Multiple(() =>
        {
            Assert.That(Page.Moves, Is.EqualTo(moves));
            Assert.That(Page.Position, Is.EqualTo(position));
        });
    }

    [Test]
    public void TwoTabs_ShowTheSameGame()
    {
        string first = Driver.CurrentWindowHandle;
        Driver.SwitchTo().NewWindow(WindowType.Tab);
        Page.Open(Address);
        Page.PlaySan("c4");
        Page.UntilMoves(2);
        IReadOnlyList<string> moves = Page.Moves;
        IReadOnlyList<string> position = Page.Position;
        Driver.Close();

        Driver.SwitchTo().Window(first);
        Page.UntilMoves(2);
        Assert.Multiple(() =>
        {
            Assert.That(Page.Moves, Is.EqualTo(moves));
            Assert.That(Page.Position, Is.EqualTo(position));
        });
    }

    /// <summary>At temperature 0 the rival plays the same game each time.</summary>
    private void StartGameWithoutChance()
    {
        Page.Click("#open-new-game");
        Page.Find("#new-game [name=temperature]").SendKeys(Keys.Home);
        Page.Click("#new-game [value=start]");
    }
}
