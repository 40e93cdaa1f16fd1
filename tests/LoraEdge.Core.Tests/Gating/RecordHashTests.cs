namespace LoraEdge.Tests.Gating;

/// <summary>Which records are copies of each other.</summary>
public sealed class RecordHashTests
{
    private static readonly Interaction s_record = Record(1, Target.Class(2));

    [Test]
    public void Hash_OfACopy_IsTheSame_WhateverItsWeight() => Assert.That(RecordHash.Of(Record(1, Target.Class(2)) with { Weight = 3 }), Is.EqualTo(RecordHash.Of(s_record)));

    [Test]
    public void Hash_WithInputsInAnotherOrder_IsTheSame()
    {
        var reversed = new Interaction(s_record.Inputs.Reverse().ToDictionary(input => input.Key, input => input.Value), s_record.Target);
        Assert.That(RecordHash.Of(reversed), Is.EqualTo(RecordHash.Of(s_record)));
    }

    [Test]
    public void Hash_OfAnotherTarget_DiffersInTheTargetAlone()
    {
        RecordHash other = RecordHash.Of(Record(1, Target.Class(3)));
        Assert.That((other.Inputs == RecordHash.Of(s_record).Inputs, other.Target == RecordHash.Of(s_record).Target), Is.EqualTo((true, false)));
    }

    [Test]
    public void Hash_OfOtherInputs_DiffersInTheInputsAlone()
    {
        RecordHash other = RecordHash.Of(Record(4, Target.Class(2)));
        Assert.That((other.Inputs == RecordHash.Of(s_record).Inputs, other.Target == RecordHash.Of(s_record).Target), Is.EqualTo((false, true)));
    }

    [Test]
    public void Hash_TellsApart_WhatDiffersInOneThing()
    {
        Interaction[] records =
        [
            s_record,
            Record(1, Target.Class(2, [2, 5])),
            Record(1, Target.Sequence(2, 2)),
            Record(1, Target.Regression(2)),
            Record(1, Target.None),
            s_record with { StartsEpisode = true },
            Interaction.Sequence([s_record, s_record]),
            Interaction.Sequence([s_record, Record(1, Target.Class(3))]),
        ];
        Assert.That(records.Select(RecordHash.Of), Is.Unique);
    }

    [Test]
    public void Hash_OfASequenceOfOneStep_IsThatOfTheStep() => Assert.That(RecordHash.Of(Interaction.Sequence([s_record])), Is.EqualTo(RecordHash.Of(s_record)));

    private static Interaction Record(float x, Target target) => new(
        new Dictionary<string, HostTensor> { ["x"] = HostTensor.From([x, 0], 1, 2), ["y"] = HostTensor.From([1L], 1) }, target);
}
