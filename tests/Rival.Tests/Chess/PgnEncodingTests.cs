using System.IO.Compression;
using System.Text;
using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

public sealed class PgnEncodingTests
{
    private const string Game = "[White \"Müller\"]\n\n1. e4 *\n";

    [Test]
    public void White_InUtf8_IsDecoded() =>
        Assert.That(Pgn.Read(Encoding.UTF8.GetBytes(Game), out _).Single().White, Is.EqualTo("Müller"));

    [Test]
    public void White_InLatin1_IsDecoded() =>
        Assert.That(Pgn.Read(Encoding.Latin1.GetBytes(Game), out _).Single().White, Is.EqualTo("Müller"));

    [Test]
    public void White_InALongLatin1Value_IsDecoded()
    {
        string name = new('ü', 300);
        byte[] bytes = Encoding.Latin1.GetBytes($"[White \"{name}\"]\n\n1. e4 *\n");
        Assert.That(Pgn.Read(bytes, out _).Single().White, Is.EqualTo(name));
    }

    [Test]
    public void ReadGames_BehindByteOrderMarks_ReadsEveryGame()
    {
        byte[] marked = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Game)];
        Assert.That(Pgn.Read([.. marked, .. marked], out PgnReader reader), Has.Count.EqualTo(2));
        Assert.That(reader.GamesSkipped, Is.Zero);
    }

    [Test]
    public void ReadGames_OfGzip_IsToldByItsBytes() =>
        Assert.That(Pgn.Read(Zip(Game), out _).Single().White, Is.EqualTo("Müller"));

    [Test]
    public void ReadGames_OfGzipFromAStreamThatTrickles_ReadsTheSame()
    {
        using var reader = new PgnReader(new TricklingStream(Zip(Pgn.Short)));
        Assert.That(reader.ReadGames().Select(Pgn.Line), Is.EqualTo(new[] { "e2e4 e7e5 g1f3" }));
    }

    [Test]
    public void ReadGames_OfGzipThatIsCutOff_KeepsTheGamesBefore()
    {
        byte[] whole = Zip(ManyGames());
        Assert.That(Pgn.Read(whole[..(whole.Length / 2)], out _), Has.Count.InRange(100, 1999));
    }

    [Test]
    public void ReadGames_OfGzipThatIsCutOffAnywhere_CountsTheGameItIsCutIn()
    {
        byte[] whole = Zip(string.Concat(Enumerable.Range(0, 20).Select(n => Pgn.Short.Replace("NN", $"NN{n * 7919 % 2003}"))));
        string[] all = [.. Pgn.Read(whole, out PgnReader complete).Select(game => game.Black)];
        Assert.That((all.Length, complete.GamesSkipped, complete.Damage), Is.EqualTo((20, 0, (PgnSkip?)null)));
        for (int length = 30; length < whole.Length; length++)
        {
            string[] read = [.. Pgn.Read(whole[..length], out PgnReader reader).Select(game => game.Black)];
            Assert.That(read, Is.EqualTo(all[..read.Length]), $"cut at {length}");
            Assert.That((reader.GamesSkipped, reader.FirstSkips.Single(), reader.Damage?.Reason.Contains("damaged")), Is.EqualTo((1, reader.Damage, true)), $"cut at {length}");
        }
    }

    [Test]
    public void ReadGames_OfDamagedGzip_KeepsTheGamesBeforeAndSaysSo()
    {
        byte[] damaged = Zip(ManyGames());
        damaged.AsSpan(damaged.Length / 2, 200).Clear();
        List<PgnGame> games = Pgn.Read(damaged, out PgnReader reader);
        Assert.That(games, Has.Count.InRange(100, 1999));
        Assert.That(reader.FirstSkips[^1].Reason, Does.Contain("damaged"));
    }

    private static string ManyGames() =>
        string.Concat(Enumerable.Range(0, 2000).Select(n => Pgn.Short.Replace("NN", $"NN{n * 7919 % 2003}")));

    private static byte[] Zip(string text)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    /// <summary>Gives one byte at a time, as a slow network may.</summary>
    private sealed class TricklingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(1, count));
    }
}
