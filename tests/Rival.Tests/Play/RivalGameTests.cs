using NUnit.Framework;
using Rival.Chess;
using Rival.Play;

namespace Rival.Tests.Play;

[TestFixture]
internal sealed class RivalGameTests
{
    [TestCase("f3 e5 g4 Qh4#", "Checkmate", "0-1")]
    [TestCase("e4 e5 Bc4 Nc6 Qh5 Nf6 Qxf7#", "Checkmate", "1-0")]
    [TestCase("Nf3 Nf6 Ng1 Ng8 Nf3 Nf6 Ng1 Ng8", "Threefold", "1/2-1/2")]
    [TestCase("e3 a5 Qh5 Ra6 Qxa5 h5 h4 Rah6 Qxc7 f6 Qxd7+ Kf7 Qxb7 Qd3 Qxb8 Qh7 Qxc8 Kg6 Qe6", "Stalemate", "1/2-1/2")]
    public void Game_ThatIsPlayedToItsEnd_HasItsResult(string moves, string end, string result)
    {
        RivalGame game = Played(Position.Start, moves);
        Assert.Multiple(() =>
        {
            Assert.That(game.End.ToString(), Is.EqualTo(end));
            Assert.That(game.Result, Is.EqualTo(result));
            Assert.That(game.Legal.Length, Is.Zero);
        });
    }

    [TestCase("8/8/4k3/8/8/3NK3/8/8 w - - 0 1", true)]
    [TestCase("8/8/4k3/2b5/8/3BK3/8/8 w - - 0 1", false)]
    [TestCase("8/8/4k3/3b4/8/3BK3/8/8 w - - 0 1", true)]
    [TestCase("8/8/4k3/8/8/2NNK3/8/8 w - - 0 1", false)]
    [TestCase("8/8/4k3/8/8/P3K3/8/8 w - - 0 1", false)]
    public void Material_ThatCannotMate_EndsTheGame(string fen, bool isDead) =>
        Assert.That(new RivalGame(Position.FromFen(fen)).End, Is.EqualTo(isDead ? GameEnd.Material : GameEnd.None));

    [Test]
    public void HundredHalfMoves_WithoutCaptureOrPawn_AreADraw()
    {
        RivalGame game = Played(Position.FromFen("8/8/4k3/8/8/4K3/7R/8 w - - 99 80"), "Rh5");
        Assert.That(game.End, Is.EqualTo(GameEnd.Fifty));
    }

    [Test]
    public void Mate_OnTheHundredthHalfMove_IsMate()
    {
        RivalGame game = Played(Position.FromFen("k7/8/1K6/8/8/8/8/7R w - - 99 80"), "Rh8#");
        Assert.That(game.End, Is.EqualTo(GameEnd.Checkmate));
    }

    [Test]
    public void EnPassantSquare_ThatNobodyCanUse_DoesNotMakeAPositionANewOne()
    {
        RivalGame game = Played(Position.Start, "e4 e5 Nf3 Nf6 Ng1 Ng8 Nf3 Nf6 Ng1 Ng8");
        Assert.That(game.End, Is.EqualTo(GameEnd.Threefold), "after 1. e4 e5 the square e6 is set, and no pawn stands ready");
    }

    [Test]
    public void CastlingEnPassantAndPromotion_AreMoves()
    {
        RivalGame castled = Played(Position.Start, "e4 e5 Nf3 Nc6 Bc4 Bc5 O-O");
        RivalGame passed = Played(Position.Start, "e4 a6 e5 d5 exd6");
        RivalGame promoted = Played(Position.FromFen("7k/P7/8/8/8/8/8/K7 w - - 0 1"), "a8=N");
        Assert.Multiple(() =>
        {
            Assert.That(castled.Position.PieceAt(5), Is.EqualTo(Piece.Rook));
            Assert.That(passed.Position.PieceAt(Square.At(3, 4)), Is.EqualTo(Piece.None));
            Assert.That(promoted.Position.PieceAt(56), Is.EqualTo(Piece.Knight));
        });
    }

    [Test]
    public void Resignation_GivesTheOtherSideTheGame()
    {
        var game = new RivalGame(Position.Start);
        game.Resign(Side.White);
        Assert.That((game.End, game.Result), Is.EqualTo((GameEnd.Resigned, "0-1")));
    }

    [Test]
    public void IllegalMove_ChangesNothing()
    {
        var game = new RivalGame(Position.Start);
        Assert.That(game.TryPlay(new Move(12, 36)), Is.False);
        Assert.That(game.Moves.Length, Is.Zero);
    }

    internal static RivalGame Played(Position start, string moves)
    {
        var game = new RivalGame(start);
        foreach (string text in moves.Split(' '))
        {
            Assert.That(San.TryParse(game.Position, text, out Move move) && game.TryPlay(move), Is.True, text);
        }

        return game;
    }
}
