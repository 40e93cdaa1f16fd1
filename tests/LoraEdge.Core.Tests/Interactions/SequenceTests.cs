namespace LoraEdge.Tests.Interactions;

/// <summary>Sequences of steps, and how they are cut out of a recording.</summary>
public sealed class SequenceTests
{
    [Test]
    public void ASequence_HasItsSteps_AndTheInputsOfTheFirst()
    {
        Interaction[] steps = Steps(3);

        Interaction sequence = Interaction.Sequence(steps, weight: 2);

        Assert.Multiple(() =>
        {
            Assert.That(sequence.Steps, Is.EqualTo(steps));
            Assert.That(sequence.Inputs, Is.SameAs(steps[0].Inputs));
            Assert.That(sequence.Target.IsNone);
            Assert.That(sequence.Weight, Is.EqualTo(2));
            Assert.That(steps[0].Steps, Is.Empty);
        });
    }

    [Test]
    public void ASequence_KeepsItsSteps_WhateverBecomesOfTheList()
    {
        Interaction[] steps = Steps(2);
        Interaction first = steps[0], sequence = Interaction.Sequence(steps);

        steps[0] = steps[1];

        Assert.That(sequence.Steps[0], Is.SameAs(first));
    }

    [Test]
    public void ASequenceOfNothing_OrOfSequences_IsRefused()
    {
        Assert.Throws<InvalidInputException>(() => Interaction.Sequence([]));
        Assert.Throws<InvalidInputException>(() => Interaction.Sequence([Interaction.Sequence(Steps(2))]));
    }

    [TestCase(10, 4, 0, "0-3 4-7 8-9")]
    [TestCase(10, 4, 2, "0-3 2-7 6-9")]
    [TestCase(10, 4, 6, "0-3 0-7 2-9")]
    [TestCase(8, 4, 1, "0-3 3-7")]
    [TestCase(3, 4, 1, "0-2")]
    public void AnEpisode_IsCutIntoParts_WithTheBurnInInFront(int count, int length, int burnIn, string expected) =>
        Assert.That(Cut(Steps(count, 0), length, burnIn), Is.EqualTo(expected));

    [TestCase("0-3 4-4 5-6", 0)]
    [TestCase("0-3 2-4 5-6", 2)]
    public void Parts_EndWhereAnEpisodeDoes(string expected, int burnIn) => Assert.That(Cut(Steps(7, 5), 4, burnIn), Is.EqualTo(expected));

    [Test]
    public void EveryStep_IsLearnedOnce()
    {
        Interaction[] steps = Steps(40, 0, 9, 10, 33);
        var objective = new Objective { ValueName = "y", BurnIn = 3 };

        IEnumerable<Interaction> learned = Episodes.Cut(steps, 5, objective.BurnIn).SelectMany(sequence => sequence.Steps.Skip(objective.BurnInOf(sequence)));

        Assert.That(learned, Is.EqualTo(steps));
    }

    [TestCase(3, ExpectedResult = 3)]
    [TestCase(3, 0, ExpectedResult = 0)]
    [TestCase(3, 2, ExpectedResult = 2)]
    [TestCase(3, 4, ExpectedResult = 3)]
    [TestCase(9, ExpectedResult = 6)]
    [TestCase(0, ExpectedResult = 0)]
    public int TheBurnIn_EndsWhereAnEpisodeStarts(int burnIn, params int[] starts) =>
        new Objective { ValueName = "y", BurnIn = burnIn }.BurnInOf(Interaction.Sequence(Steps(6, starts)));

    [TestCase(0, 0)]
    [TestCase(1, -1)]
    public void NumbersOutOfRange_AreRefused(int length, int burnIn) =>
        Assert.Throws<InvalidOptionsException>(() => Episodes.Cut(Steps(2), length, burnIn));

    [Test]
    public void NoSteps_GiveNoSequences() => Assert.That(Episodes.Cut([], 4), Is.Empty);

    private static string Cut(Interaction[] steps, int length, int burnIn) =>
        string.Join(" ", Episodes.Cut(steps, length, burnIn).Select(sequence => $"{Array.IndexOf(steps, sequence.Steps[0])}-{Array.IndexOf(steps, sequence.Steps[^1])}"));

    private static Interaction[] Steps(int count, params int[] starts) =>
        [.. Enumerable.Range(0, count).Select(step => new Interaction(new Dictionary<string, HostTensor>(), Target.Class(step)) { StartsEpisode = starts.Contains(step) })];
}
