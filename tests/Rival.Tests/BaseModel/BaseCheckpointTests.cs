using LoraEdge;
using LoraEdge.Onnx;
using NUnit.Framework;
using Rival.Adaptation;
using Rival.BaseModel;
using Rival.Chess;
using Rival.Tests.Chess;

namespace Rival.Tests.BaseModel;

public sealed class BaseCheckpointTests
{
    private static readonly TimeSpan s_elapsed = TimeSpan.FromSeconds(3675.25);

    private Scratch _scratch = null!;
    private BaseCheckpoint _checkpoint = null!;

    [SetUp]
    public void StartAfresh()
    {
        _scratch = new Scratch();
        _checkpoint = new BaseCheckpoint(_scratch.At("model.onnx.checkpoint"));
    }

    [TearDown]
    public void Remove() => _scratch.Dispose();

    [Test]
    public void Read_WithoutAFile_IsNull() => Assert.That(_checkpoint.Read(), Is.Null);

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(100_000)]
    public void Read_OfWhatWasSaved_GivesAllOfIt(int length)
    {
        byte[] content = Content(length);
        string[] stages = ["3 steps of 16 positions", "", "Müller und Ding"];
        _checkpoint.Save(s_elapsed, stages, new WritingStage(content));
        AssertIs(_checkpoint.Read(), stages, withPeople: false, content);
    }

    [Test]
    public void Read_OfThePeoplesStage_TellsThatTheirTurnHadCome()
    {
        var game = new PlayedGame(Pgn.ReadOne(Pgn.Short), Side.White);
        using var stage = new PeopleStage(PolicyNetwork.Create(1), new BaseGames([], [], [[game]]), new BaseTrainingOptions("", "", 1) { BatchSize = 4, Threads = 1 }, null);
        using var content = new MemoryStream();
        stage.Save(content);
        _checkpoint.Save(s_elapsed, ["one"], stage);
        AssertIs(_checkpoint.Read(), ["one"], withPeople: true, content.ToArray());
    }

    [Test]
    public void Save_OverAFormerOne_ReplacesItAndLeavesNoOtherFile()
    {
        _checkpoint.Save(TimeSpan.FromSeconds(1), ["former"], new WritingStage(Content(5000)));
        _checkpoint.Save(s_elapsed, [], new WritingStage(Content(7)));
        AssertIs(_checkpoint.Read(), [], withPeople: false, Content(7));
        Assert.That(_scratch.Snapshot().Keys, Is.EqualTo(new[] { _checkpoint.Path }));
    }

    [Test]
    public void Save_ThatFailsHalfway_LeavesTheFormerOne()
    {
        _checkpoint.Save(s_elapsed, ["former"], new WritingStage(Content(5000)));
        Assert.That(() => _checkpoint.Save(TimeSpan.Zero, ["later"], new WritingStage(Content(100), fails: true)), Throws.TypeOf<IOException>());
        AssertIs(_checkpoint.Read(), ["former"], withPeople: false, Content(5000));
    }

    [Test]
    public void Read_OfADamagedFile_NamesItWhateverTheDamage()
    {
        _checkpoint.Save(s_elapsed, ["one", "two"], new WritingStage(Content(300)));
        byte[] good = File.ReadAllBytes(_checkpoint.Path);
        for (int at = 0; at < good.Length; at++)
        {
            byte[] flipped = [.. good];
            flipped[at] ^= 0x81;
            AssertUnusable(flipped);
            AssertUnusable(good[..at]);
        }

        AssertUnusable([.. good, 0]);
    }

    [Test]
    public void Open_OfAStageThatRefusesItsPart_NamesTheFile()
    {
        WritingStage Refuse() => throw new ModelFormatException("The checkpoint belongs to another model.");
        Assert.That(() => _checkpoint.Open(Refuse), Throws.TypeOf<ModelFormatException>().With.Message.Contains("another model").And.Message.Contains(_checkpoint.Path));
    }

    private void AssertUnusable(byte[] bytes)
    {
        File.WriteAllBytes(_checkpoint.Path, bytes);
        Assert.That(() => _checkpoint.Read(), Throws.TypeOf<ModelFormatException>().With.Message.Contains(_checkpoint.Path));
    }

    private static byte[] Content(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];

    private static void AssertIs(BaseCheckpoint.State? state, string[] stages, bool withPeople, byte[] content)
    {
        Assert.That(state, Is.Not.Null);
        Assert.That((state!.Elapsed, state.WithPeople), Is.EqualTo((s_elapsed, withPeople)));
        Assert.That(state.Stages, Is.EqualTo(stages));
        Assert.That(state.Content, Is.EqualTo(content));
    }

    /// <summary>A stage that keeps given bytes and can do nothing else.</summary>
    private sealed class WritingStage(byte[] content, bool fails = false) : BaseStage
    {
        public override string Name => throw new NotSupportedException();

        public override int BatchSize => throw new NotSupportedException();

        public override long Steps => throw new NotSupportedException();

        public override string Summary => throw new NotSupportedException();

        public override double Step(double learningRate) => throw new NotSupportedException();

        public override double Evaluate(IReadOnlyList<Interaction> records) => throw new NotSupportedException();

        public override (OnnxModel Model, CalibratedProjection? Projection) Capture() => throw new NotSupportedException();

        public override void Save(Stream stream)
        {
            stream.Write(content);
            if (fails)
                throw new IOException("no room");
        }

        public override void Dispose()
        {
        }
    }
}
