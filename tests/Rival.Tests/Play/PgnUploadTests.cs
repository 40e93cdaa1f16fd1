using System.IO.Compression;
using System.Text;
using NUnit.Framework;
using Rival.Chess;
using Rival.Play;

namespace Rival.Tests.Play;

[TestFixture]
internal sealed class PgnUploadTests
{
    private static readonly string s_games = Playouts.Pgn("Doe, Jane", games: 6, plies: 20, seed: 1);

    [TestCase(false)]
    [TestCase(true)]
    public void Upload_TellsWhoPlays_AndOnWhichSide(bool isPacked)
    {
        PgnUpload upload = PgnUpload.Read("games", isPacked ? Packed(Encoding.UTF8.GetBytes(s_games)) : Encoding.UTF8.GetBytes(s_games));
        Assert.Multiple(() =>
        {
            Assert.That(upload.Players[0], Is.EqualTo(new UploadedPlayer("Doe, Jane", 6)));
            Assert.That(upload.Players, Has.Count.EqualTo(7));
            Assert.That(upload.GamesOf("doe, jane").Select(game => game.Side), Is.EqualTo(new[] { Side.White, Side.Black, Side.White, Side.Black, Side.White, Side.Black }));
            Assert.That(upload.GamesOf("nobody"), Is.Empty);
        });
    }

    [TestCase("")]
    [TestCase("hello, is this chess?")]
    [TestCase("\u0000\u0001\u0002")]
    public void File_WithoutAGame_IsRefused(string content) =>
        Assert.That(() => PgnUpload.Read("games", Encoding.UTF8.GetBytes(content)), Throws.TypeOf<PgnException>());

    [Test]
    public void PackedFile_OfFarTooMuchText_IsRefused()
    {
        using var content = new MemoryStream();
        using (var gzip = new GZipStream(content, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] blanks = new byte[1 << 20];
            blanks.AsSpan().Fill((byte)' ');
            for (long written = 0; written <= PgnUpload.MostText; written += blanks.Length)
                gzip.Write(blanks);
        }

        Assert.That(() => PgnUpload.Read("bomb", content.ToArray()), Throws.TypeOf<PgnException>().With.Message.Contains("longer"));
    }

    [Test]
    public void Shelf_KeepsTheLastFew()
    {
        var shelf = new UploadShelf();
        PgnUpload upload = PgnUpload.Read("games", Encoding.UTF8.GetBytes(s_games));
        string[] tokens = [.. Enumerable.Range(0, UploadShelf.Most + 1).Select(_ => shelf.Add(upload))];
        Assert.That(tokens.Select(token => shelf.Find(token) is not null), Is.EqualTo(tokens.Select((_, i) => i > 0)));
    }

    private static byte[] Packed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(content);
        return packed.ToArray();
    }
}
