using System.Text.Json;
using NUnit.Framework;
using Rival.Play;
using Rival.Policy;
using Rival.Simulation;
using Rival.Tests.Play.Web;

namespace Rival.Tests.Play;

/// <summary>The whole game as a page sees it: plugin, loop and server.</summary>
[TestFixture]
internal sealed class PlayEndToEndTests
{
    [Test]
    public async Task PlayerWhoPlays_AndBringsGames_IsLearned()
    {
        using var scratch = new Scratch();
        PolicyModel model = PolicyModel.Load();
        string games = SimulatedPgn.Write(model, SimulatedPlayer.All.First(player => player.Name == "eccentric"), games: 80);
        await using RivalHost host = await RivalHost.Start(model, scratch.Folder, port: 0);
        using PageClient page = await PageClient.Open(host.Address);
        await page.Until("state", state => state.GetProperty("mind").GetProperty("sealed").ValueKind == JsonValueKind.String);
        await page.Send("""{"type":"move","uci":"e2e4"}""");
        await page.Until("state", state => Sans(state) == 2);
        await page.Send("""{"type":"san","text":"a3"}""");
        JsonElement played = await page.Until("state", state => Sans(state) == 4);
        Assert.That(played.GetProperty("mind").GetProperty("score").GetProperty("moves").GetInt32(), Is.EqualTo(2));

        string token = await Upload(host.Address, games);
        await page.Send($$"""{"type":"import","token":"{{token}}","player":"eccentric (simulated)"}""");
        JsonElement done = await page.Until("state", state => state.GetProperty("import") is { ValueKind: JsonValueKind.Object } import && import.GetProperty("done").GetBoolean());
        JsonElement score = done.GetProperty("mind").GetProperty("score");
        Assert.Multiple(() =>
        {
            Assert.That(done.GetProperty("import").GetProperty("promotedAfter").ValueKind, Is.EqualTo(JsonValueKind.Number));
            Assert.That(done.GetProperty("profile").GetProperty("adapter").GetProperty("bytes").GetInt32(), Is.LessThan(17_000));
            Assert.That(score.GetProperty("adapted").GetInt32(), Is.GreaterThan(score.GetProperty("base").GetInt32()), "on games that were kept back");
        });
    }

    private static int Sans(JsonElement state) => state.GetProperty("game").GetProperty("san").GetArrayLength();

    private static async Task<string> Upload(Uri address, string games)
    {
        using var http = new HttpClient();
        using HttpResponseMessage response = await http.PostAsync(new Uri(address, "/pgn"), new StringContent(games));
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("token").GetString()!;
    }
}
