using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using Rival.Chess;
using Rival.Play;

namespace Rival.Tests.Play;

[TestFixture]
internal sealed class SealedGuessTests
{
    [Test]
    public void Seal_IsTheHashOfWhatIsRevealed()
    {
        SealedGuess guess = SealedGuess.Of(Position.Start, new Move(6, 21), new Move(12, 28));
        string revealed = $"Nf3 e4 {guess.Salt}";
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(revealed));
        Assert.Multiple(() =>
        {
            Assert.That(guess.Seal, Is.EqualTo(Convert.ToHexString(hash).ToLowerInvariant()));
            Assert.That(guess.Seal, Does.StartWith(guess.ShortSeal));
            Assert.That(guess.Salt, Has.Length.EqualTo(32));
        });
    }

    [Test]
    public void Seals_OfOneGuess_Differ()
    {
        SealedGuess[] guesses = [.. Enumerable.Range(0, 100).Select(_ => SealedGuess.Of(Position.Start, new Move(12, 28), new Move(12, 28)))];
        Assert.That(guesses.Select(guess => guess.Seal), Is.Unique);
    }

    [Test]
    public void Score_CountsBothSidesOfEachMove()
    {
        var score = new GuessScore();
        Move right = new(12, 28), wrong = new(11, 27);
        score.Add(right, right, right);
        score.Add(wrong, right, right);
        score.Add(wrong, wrong, right);
        Assert.Multiple(() =>
        {
            Assert.That((score.Moves, score.Frozen, score.Adapted), Is.EqualTo((3, 1, 2)));
            Assert.That(score.Curve[^1], Is.EqualTo(new CurvePoint(3, 1 / 3.0, 2 / 3.0)));
        });
    }

    [Test]
    public void UnderpromotionThatWasGuessedAsQueening_IsAHit() =>
        Assert.That(SealedGuess.IsHit(new Move(48, 56, Piece.Queen), new Move(48, 56, Piece.Knight)), Is.True);

    [Test]
    public void Curve_OfManyMoves_StaysShortAndEven()
    {
        var score = new GuessScore();
        for (int i = 0; i < 10_000; i++)
            score.Add(new Move(1, 2), new Move(1, 2), new Move(1, 2));
        int[] moves = [.. score.Curve.Select(point => point.Moves)];
        Assert.That(moves, Has.Length.InRange(GuessScore.MostPoints / 2, GuessScore.MostPoints));
        Assert.That(moves.Zip(moves.Skip(1), (one, next) => next - one).Distinct().Count(), Is.EqualTo(1));
    }
}
