using NUnit.Framework;

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
}
