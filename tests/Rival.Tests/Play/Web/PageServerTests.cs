using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Rival.Play;
using Rival.Play.Web;

namespace Rival.Tests.Play.Web;

[TestFixture]
internal sealed class PageServerTests
{
    private readonly ConcurrentQueue<PlayOrder> _orders = new();
    private readonly HttpClient _http = new();
    private PageServer _server = null!;
    private UploadShelf _uploads = null!;

    [SetUp]
    public async Task Start()
    {
        _orders.Clear();
        _uploads = new UploadShelf();
        _server = await PageServer.Start(0, _uploads, (order, source) =>
        {
            _orders.Enqueue(order);
            if (order is ResignOrder)
                source.Refuse("no\nway");
        });
    }

    [TearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [OneTimeTearDown]
    public void DisposeClient() => _http.Dispose();

    [TestCase("evil.example", null)]
    [TestCase(null, "http://evil.example")]
    public async Task Request_OfAnotherSite_IsForbidden(string? host, string? origin)
    {
        foreach ((HttpMethod method, string path) in new[] { (HttpMethod.Get, "/"), (HttpMethod.Get, "/ws"), (HttpMethod.Post, "/pgn") })
        {
            using var request = new HttpRequestMessage(method, new Uri(_server.Address, path));
            request.Headers.Host = host;
            if (origin is not null)
                request.Headers.Add("Origin", origin);
            using HttpResponseMessage response = await _http.SendAsync(request);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), path);
        }
    }

    [Test]
    public void Socket_OfAnotherSite_IsForbidden() =>
        Assert.That(async () => await PageClient.Open(_server.Address, "http://evil.example"), Throws.TypeOf<WebSocketException>());

    [Test]
    public async Task Answers_SayWhatThePageMayDo()
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(_server.Address, "/source/Play/RivalIntegration.cs"));
        string page = await response.Content.ReadAsStringAsync();
        Assert.Multiple(() =>
        {
            Assert.That(response.Headers.GetValues("Content-Security-Policy").Single(), Does.StartWith("default-src 'self'; img-src 'self' data:; style-src 'self'; connect-src 'self'"));
            Assert.That(response.Headers.GetValues("X-Content-Type-Options").Single(), Is.EqualTo("nosniff"));
            Assert.That(page, Does.Contain("id=\"Frame\"").And.Contain("id=\"L10\""));
        });
    }

    [TestCase("/nothing.js")]
    [TestCase("/source/../Program.cs")]
    [TestCase("/source/Play/%2e%2e/Program.cs")]
    [TestCase("/..%2f..%2fetc/passwd")]
    public async Task Path_ThatIsNoFileOfThePage_IsNotFound(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(_server.Address, path));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Upload_GivesATokenAndThePlayers()
    {
        using HttpResponseMessage response = await _http.PostAsync(new Uri(_server.Address, "/pgn?name=mine.pgn"), new StringContent(Playouts.Pgn("Doe, Jane", games: 4, plies: 10, seed: 1)));
        JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Multiple(() =>
        {
            Assert.That(_uploads.Find(answer.GetProperty("token").GetString()!)!.Name, Is.EqualTo("mine.pgn"));
            Assert.That(answer.GetProperty("players")[0].GetProperty("name").GetString(), Is.EqualTo("Doe, Jane"));
            Assert.That(answer.GetProperty("players")[0].GetProperty("games").GetInt32(), Is.EqualTo(4));
        });
    }

    [Test]
    public async Task Upload_WithoutAGame_OrTooLarge_IsRefused()
    {
        using HttpResponseMessage empty = await _http.PostAsync(new Uri(_server.Address, "/pgn"), new StringContent("no chess"));
        using var tooLarge = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Address, "/pgn")) { Content = new ByteArrayContent(new byte[PgnUpload.MostBytes + 1]) };
        tooLarge.Headers.ExpectContinue = true;
        using HttpResponseMessage large = await _http.SendAsync(tooLarge);
        Assert.That((empty.StatusCode, large.StatusCode), Is.EqualTo((HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge)));
    }

    [Test]
    public async Task TwoTabs_SeeTheSameState_AndBothGiveOrders()
    {
        using PageClient one = await PageClient.Open(_server.Address), two = await PageClient.Open(_server.Address);
        _server.Tabs.Publish(States.Numbered(7));
        JsonElement first = await one.Until("state", _ => true), second = await two.Until("state", _ => true);
        await one.Send("""{"type":"resign"}""");
        await one.Until("error", error => error.GetProperty("message").GetString() == "no way");
        await two.Send("""{"type":"san","text":"Nf3"}""");
        await two.Send("""{"type":"resign"}""");
        await two.Until("error", _ => true);
        Assert.That((first.GetProperty("seq").GetInt64(), second.GetProperty("seq").GetInt64()), Is.EqualTo((7L, 7L)));
        Assert.That(_orders, Is.EqualTo(new PlayOrder[] { new ResignOrder(), new SanOrder("Nf3"), new ResignOrder() }));
    }

    [Test]
    public async Task Tab_ThatComesBack_SeesTheLatestStateAtOnce()
    {
        using (PageClient first = await PageClient.Open(_server.Address))
        {
            _server.Tabs.Publish(States.Numbered(41));
            await first.Until("state", _ => true);
        }

        using PageClient again = await PageClient.Open(_server.Address);
        await again.Until("state", state => state.GetProperty("seq").GetInt64() == 41);
    }

    [Test]
    public async Task SlowTab_CostsTheOthersNothing_AndSkipsWhatItMissed()
    {
        const int Last = 3000;
        using PageClient slow = await PageClient.Open(_server.Address), quick = await PageClient.Open(_server.Address);
        for (int seq = 1; seq <= Last; seq++)
        {
            _server.Tabs.Publish(States.Numbered(seq, padding: 20_000));
            if (seq % 10 == 0)
                await quick.Until("state", state => state.GetProperty("seq").GetInt64() == seq);
        }

        int received = 0;
        await slow.Until("state", state => (received++, state.GetProperty("seq").GetInt64()).Item2 == Last);
        Assert.That(received, Is.LessThan(Last), "60 MB are more than a connection holds");
    }

    [TestCase("nonsense")]
    [TestCase("{\"type\":\"quit\"}")]
    public async Task Message_ThatIsNone_IsAnsweredWithAnError_AndTheTabStays(string message)
    {
        using PageClient tab = await PageClient.Open(_server.Address);
        await tab.Send(message);
        await tab.Until("error", _ => true);
        await tab.Send("""{"type":"resign"}""");
        await tab.Until("error", error => error.GetProperty("message").GetString() == "no way");
    }

    [Test]
    public async Task Message_ThatIsTooLong_EndsTheTab()
    {
        using PageClient tab = await PageClient.Open(_server.Address);
        await tab.Send(new string(' ', OrderReader.MostBytes + 1));
        Assert.That(await tab.Receive(), Is.Null);
        Assert.That(tab.CloseStatus, Is.EqualTo(WebSocketCloseStatus.MessageTooBig));
    }

    [Test]
    public async Task BinaryMessage_EndsTheTab()
    {
        using PageClient tab = await PageClient.Open(_server.Address);
        await tab.Send("x", WebSocketMessageType.Binary);
        Assert.That(await tab.Receive(), Is.Null);
    }
}
