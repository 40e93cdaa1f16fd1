using System.Globalization;
using NUnit.Framework;
using Rival.Simulation;
using Rival.Tests;

namespace Rival.Browser.Tests;

/// <summary>What the page shows of learning.</summary>
[TestFixture]
internal sealed class LearningTests : BrowserTest
{
    private static readonly TimeSpan Learning = TimeSpan.FromSeconds(60);

    [Test]
    public void PlayerWhoBringsGames_IsLearned_Exported_AndForgotten()
    {
        BringGames();
        Page.Until("end of the import", () => Page.Text("#importing").Contains("Learned from", StringComparison.Ordinal), Learning);
        Assert.Multiple(() =>
        {
            Assert.That(Page.Text("#importing"), Does.Contain("First adapter in use after"));
            Assert.That(Hits(".score-name.adapted"), Is.GreaterThan(Hits(".score-name.base")), "moves guessed of the games kept back");
        });

        Page.Click("#export");
        Page.Until("exported adapter", () => Directory.GetFiles(Downloads, "*.lora").Length == 1);

        Page.Click("#open-profiles");
        Page.Click("#profile-forget");
        Page.Click("#confirm-yes");
        Page.Until("profile without an adapter", () => Page.Text("#adapter").Contains("None yet", StringComparison.Ordinal));
        Assert.That(Page.Find("#export").Enabled, Is.False);
    }

    [Test]
    public void Forgetting_IsAskedFirst()
    {
        Page.PlaySan("e4");
        Page.UntilMoves(2);
        string records = Page.Text("#profile-records");

        Page.Click("#open-profiles");
        Page.Click("#profile-forget");
        Page.Click("#confirm [value=cancel]");

        Assert.That(Page.Text("#profile-records"), Is.EqualTo(records));
    }

    [Test]
    public void Style_IsSwapped_InThePosition()
    {
        Page.PlaySan("e4");
        Page.UntilMoves(2);
        IReadOnlyList<string> position = Page.Position;

        Page.Click("#tab-styles");
        Page.Click("[data-style=tal]");

        Page.Until("swap", () => Page.Text("#swap").Contains("Tal in", StringComparison.Ordinal));
        Page.Until("arrows of the adapter", () => Page.Texts(".arrow.adapted").Count > 0);
        Assert.Multiple(() =>
        {
            Assert.That(Page.Text("#swap"), Does.Match(@"Tal in [\d.]+ ?ms"));
            Assert.That(Page.Position, Is.EqualTo(position));
        });
    }

    [Test]
    public void Training_IsPaused_AndResumed()
    {
        Page.Click("#pause");
        Page.Until("pause", () => Page.Text("#pause") == "Resume" && Page.Text("#training-status") == "Paused");

        Page.Click("#pause");
        Page.Until("training that goes on", () => Page.Text("#pause") == "Pause" && Page.Text("#training-status") != "Paused");
    }

    private void BringGames()
    {
        SimulatedPlayer player = SimulatedPlayer.All.First(player => player.Name == "eccentric");
        Page.Find("#pgn-file").SendKeys(Write("games.pgn", SimulatedPgn.Write(Model, player, games: 80)));
        Page.Until("list of players", () => Page.Find("#who select").Displayed);
        Page.Find("#who select").SendKeys("eccentric");
        Page.Click("#who .primary");
    }

    private int Hits(string name) => int.Parse(Page.Find($"#mind-score {name} ~ .score-value").GetAttribute("title")!.Split(' ')[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
