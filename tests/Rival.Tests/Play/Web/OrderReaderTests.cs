using System.Text;
using NUnit.Framework;
using Rival.Play;
using Rival.Play.Web;

namespace Rival.Tests.Play.Web;

[TestFixture]
internal sealed class OrderReaderTests
{
    private static readonly (string Message, PlayOrder Order)[] s_known =
    [
        ("""{"type":"move","uci":"e2e4"}""", new MoveOrder("e2e4")),
        ("""{"text":"Nf3","type":"san"}""", new SanOrder("Nf3")),
        ("""{"type":"newGame","you":"b","opponent":{"kind":"profile","name":"Ada"},"temperature":0.5,"blunderCheck":false}""", new NewGameOrder("b", new OpponentChoice("profile", "Ada"), 0.5, false)),
        ("""{"type":"newGame","you":"w","opponent":{"kind":"base"},"temperature":0,"blunderCheck":true}""", new NewGameOrder("w", new OpponentChoice("base"), 0, true)),
        ("""{"type":"resign"}""", new ResignOrder()),
        ("""{"type":"profile","name":"Ada"}""", new ProfileOrder("Ada")),
        ("""{"type":"rename","to":"Bea"}""", new RenameOrder("Bea")),
        ("""{"type":"forget","name":"Bea"}""", new ForgetOrder("Bea")),
        ("""{"type":"exportAdapter"}""", new ExportAdapterOrder()),
        ("""{"type":"import","token":"t","player":"Doe, Jane"}""", new ImportOrder("t", "Doe, Jane")),
        ("""{"type":"style","id":"tal"}""", new StyleOrder("tal")),
        ("""{"type":"pause","paused":true}""", new PauseOrder(true)),
        ("""{"type":"watch","token":"t","player":"p","speed":100}""", new WatchOrder("t", "p", 100)),
        ("""{"type":"watchSpeed","speed":10}""", new WatchSpeedOrder(10)),
        ("""{"type":"stopWatch"}""", new StopWatchOrder()),
    ];

    [TestCaseSource(nameof(s_known))]
    public void Message_OfTheProtocol_IsRead((string Message, PlayOrder Order) known) => Assert.That(Read(known.Message), Is.EqualTo(known.Order));

    [Test]
    public void Adapter_ComesInBase64()
    {
        var order = (ImportAdapterOrder)Read("""{"type":"importAdapter","name":"Ada","data":"AQID"}""")!;
        Assert.That(order.Data, Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("{\"type\":\"move\"}")]
    [TestCase("{\"type\":\"move\",\"uci\":null}")]
    [TestCase("{\"type\":\"move\",\"uci\":4}")]
    [TestCase("{\"type\":\"move\",\"uci\":\"e2e4e6e8\"}")]
    [TestCase("{\"type\":\"move\",\"uci\":\"e2e4\",\"and\":1}")]
    [TestCase("{\"type\":\"move\",\"uci\":\"e2e4\",\"uci\":\"e2e3\"}")]
    [TestCase("{\"type\":\"Move\",\"uci\":\"e2e4\"}")]
    [TestCase("{\"type\":\"quit\"}")]
    [TestCase("{\"type\":7}")]
    [TestCase("{\"type\":\"$type\"}")]
    [TestCase("{\"type\":\"newGame\",\"you\":\"x\",\"opponent\":{\"kind\":\"base\"},\"temperature\":1,\"blunderCheck\":true}")]
    [TestCase("{\"type\":\"newGame\",\"you\":\"w\",\"opponent\":{\"kind\":\"god\"},\"temperature\":1,\"blunderCheck\":true}")]
    [TestCase("{\"type\":\"newGame\",\"you\":\"w\",\"opponent\":{\"kind\":\"profile\"},\"temperature\":1,\"blunderCheck\":true}")]
    [TestCase("{\"type\":\"newGame\",\"you\":\"w\",\"opponent\":{\"kind\":\"base\"},\"temperature\":1e9,\"blunderCheck\":true}")]
    [TestCase("{\"type\":\"newGame\",\"you\":\"w\",\"opponent\":{\"kind\":\"base\"},\"temperature\":\"NaN\",\"blunderCheck\":true}")]
    [TestCase("{\"type\":\"newGame\",\"you\":\"w\",\"opponent\":null,\"temperature\":1,\"blunderCheck\":true}")]
    [TestCase("{\"type\":\"watchSpeed\",\"speed\":1000}")]
    [TestCase("{\"type\":\"watchSpeed\",\"speed\":1.5}")]
    [TestCase("{\"type\":\"profile\",\"name\":\"\"}")]
    [TestCase("{\"type\":\"profile\",\"name\":\"a\\u0000b\"}")]
    [TestCase("{\"type\":\"profile\",\"name\":\"\\ud800\"}")]
    [TestCase("{\"type\":\"importAdapter\",\"name\":\"a\",\"data\":\"!!!\"}")]
    [TestCase("{\"type\":\"pause\",\"paused\":[[[[[[[[1]]]]]]]]}")]
    [TestCase("{\"type\":\"resign\"} {\"type\":\"resign\"}")]
    public void Message_ThatIsHostile_IsRefusedInOneLine(string message)
    {
        Assert.That(OrderReader.TryRead(Encoding.UTF8.GetBytes(message), out _, out string? problem), Is.False);
        Assert.That(problem, Is.Not.Empty.And.Not.Contain("\n"));
    }

    [Test]
    public void RandomBytes_AreRefused()
    {
        var random = new Random(5);
        byte[] valid = Encoding.UTF8.GetBytes(s_known[2].Message);
        for (int i = 0; i < 2000; i++)
        {
            byte[] damaged = [.. valid];
            for (int n = random.Next(1, 6); n > 0; n--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            Assert.That(() => OrderReader.TryRead(damaged, out _, out _), Throws.Nothing);
        }
    }

    private static PlayOrder? Read(string message) => OrderReader.TryRead(Encoding.UTF8.GetBytes(message), out PlayOrder? order, out string? problem) ? order : throw new AssertionException(problem);
}
