using NUnit.Framework;
using Rival.Chess;
using Rival.Play;
using Rival.Policy;

namespace Rival.Tests.Play;

[TestFixture]
internal sealed class RivalThoughtTests
{
    [TestCase("6k1/5ppp/8/8/8/8/5PPP/3R2K1 w - - 0 1", "d1d8", TestName = "BlunderCheck_KnowsMateInOne")]
    [TestCase("4k3/8/8/3q4/4P3/8/8/4K3 w - - 0 1", "e4d5", TestName = "BlunderCheck_TakesAFreeQueen")]
    public void BlunderCheck_LeavesOneMove(string fen, string only)
    {
        Position position = Position.FromFen(fen);
        MoveForecast even = Forecast(position, _ => 0);
        bool[] sound = new BlunderSearch(CancellationToken.None).Sound(position, even.Moves);
        Assert.That(even.Moves.Where((_, i) => sound[i]).Select(move => move.ToString()), Is.EqualTo(new[] { only }));
    }

    [Test]
    public void BlunderCheck_RejectsAQueenOnAnAttackedSquare()
    {
        Position position = Position.FromFen("r1bqkbnr/pppp1ppp/2n5/4p3/4P3/5Q2/PPPP1PPP/RNB1KBNR w KQkq - 0 3");
        MoveForecast likes = Forecast(position, move => move.ToString() is "f3f6" or "f3f7" ? 10 : 0);
        Move chosen = RivalThought.Choose(position, likes, new RivalStrength(1, BlunderCheck: true), new Random(1), CancellationToken.None);
        Move careless = RivalThought.Choose(position, likes, new RivalStrength(0, BlunderCheck: false), new Random(1), CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(chosen.ToString(), Is.Not.AnyOf("f3f6", "f3f7"));
            Assert.That(careless.ToString(), Is.AnyOf("f3f6", "f3f7"));
        });
    }

    [Test]
    public void Forecast_IsTheSoftmaxOverTheLegalMoves()
    {
        MoveForecast forecast = Forecast(Position.Start, move => move.To == 28 ? 2 : 0);
        double total = Math.Exp(2) + 19;
        Assert.Multiple(() =>
        {
            Assert.That(forecast.Best.ToString(), Is.EqualTo("e2e4"));
            Assert.That(forecast.ProbabilityOf(0), Is.EqualTo(Math.Exp(2) / total).Within(1e-6));
            Assert.That(Enumerable.Range(0, 20).Sum(forecast.ProbabilityOf), Is.EqualTo(1).Within(1e-6));
        });
    }

    [TestCase(0.5)]
    [TestCase(1)]
    [TestCase(2)]
    public void Draw_IsAsProbable_AsItsTemperatureHasIt(double temperature)
    {
        MoveForecast forecast = Forecast(Position.Start, move => move.To == 28 ? 2 : 0);
        bool[] all = [.. forecast.Moves.Select(_ => true)];
        var random = new Random(3);
        int hits = Enumerable.Range(0, 20_000).Count(_ => forecast.Draw(temperature, random, all).To == 28);
        double weight = Math.Exp(2 / temperature);
        Assert.That(hits / 20_000.0, Is.EqualTo(weight / (weight + 19)).Within(0.015));
    }

    private static MoveForecast Forecast(Position position, Func<Move, float> score)
    {
        var legal = new Move[MoveGenerator.MaxMoves];
        legal = legal[..MoveGenerator.LegalMoves(position, legal)];
        var logits = new float[MoveClass.Count];
        foreach (Move move in legal)
            logits[MoveClass.Of(move, position.SideToMove)] = score(move);
        return MoveForecast.Of(logits, position, legal);
    }
}
