using LoraEdge.Training;

namespace LoraEdge.Plugin.Tests;

/// <summary>A model is compared once, with the real trainer: not again in the process, nor in a later one with the same storage folder.</summary>
public sealed class KnownParityTests
{
    [Test]
    public void SecondLoad_OfTheSameModel_DoesNotCompareItAgain()
    {
        using Host first = new(), second = new();

        Assert.That(ModelChecks(first, "same model"), Is.EqualTo(1));
        Assert.That(ModelChecks(second, "same model"), Is.Zero);
    }

    [Test]
    public void AnotherModelObjectiveOrExecutor_IsCompared()
    {
        using Host host = new(), other = new(TinyModels.Policy(seed: 9));

        Assert.That(ModelChecks(host, "another"), Is.EqualTo(1));
        Assert.That(ModelChecks(other, "another"), Is.EqualTo(1));
        Assert.That(ModelChecks(host, "another", "sum"), Is.EqualTo(1));
        Assert.That(ModelChecks(host, "another one"), Is.EqualTo(1));
    }

    [Test]
    public void ExecutorWithoutAName_IsComparedInEveryLoad()
    {
        using var host = new Host();

        Assert.That((ModelChecks(host, null), ModelChecks(host, null)), Is.EqualTo((1, 1)));
        Assert.That(host.StoredFiles, Has.None.EqualTo("parity.txt"));
    }

    /// <summary>The executor's name stands for the process: what this one found under another name it only knows from the file.</summary>
    [Test]
    public void StorageFolder_TellsALaterProcess()
    {
        using var host = new Host();
        ModelChecks(host, "executor 1");
        Rewrite(host, note => note.Replace("executor 1", "executor 2"));

        Assert.That(ModelChecks(host, "executor 2"), Is.Zero);
        Assert.That(ModelChecks(host, "executor 3"), Is.EqualTo(1), "the file is about another executor");
        Assert.That(File.ReadAllText(Note(host)), Does.Contain("executor 3").And.Contain(host.Model.Fingerprint.ToString()).And.Contain("ONNX Runtime"));
    }

    [Test]
    public void FileThatIsDamaged_OnlyMeansThatTheModelIsComparedAgain()
    {
        using var host = new Host();
        ModelChecks(host, "intact");
        Rewrite(host, note => note.Replace("intact", "broken")[..^1] + "\0");

        Assert.That(ModelChecks(host, "broken"), Is.EqualTo(1));
        Assert.That(File.ReadAllText(Note(host)), Does.Contain("broken").And.Not.Contain("\0"));
    }

    [Test]
    public void FolderInThePlaceOfTheFile_LeavesTrainingAlone()
    {
        using var host = new Host();
        Directory.CreateDirectory(Note(host));

        Assert.That(ModelChecks(host, "folder"), Is.EqualTo(1));
    }

    /// <summary>Loads, trains once, and tells how often the frozen model was compared.</summary>
    private static int ModelChecks(Host host, string? executor, string objective = "logits")
    {
        var trainer = new CountingTrainer(new LoraFaTrainer(), executor);
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(host.Options(trainer) with
        {
            Objective = new Objective { ValueName = objective, Loss = LossKind.CrossEntropy },
            Training = new TrainingOptions { MaxEpochs = 1 },
        });
        using Profile profile = plugin.OpenProfile("ada");
        Host.Play(profile, 20);
        Assert.That(Host.Train(plugin, profile).Error, Is.Null);
        Assert.That(trainer.AdapterChecks, Is.EqualTo(1), "an adapter is always compared");
        return trainer.ModelChecks;
    }

    private static string Note(Host host) => Path.Combine(host.Storage, "parity.txt");

    private static void Rewrite(Host host, Func<string, string> change) => File.WriteAllText(Note(host), change(File.ReadAllText(Note(host))));

    private sealed class CountingTrainer(IAdapterTrainer trainer, string? executor) : IAdapterTrainer
    {
        public string? Executor => executor;

        public int ModelChecks { get; private set; }

        public int AdapterChecks { get; private set; }

        public void RequireSupport(string modelPath, Objective objective, TrainingOptions options) => trainer.RequireSupport(modelPath, objective, options);

        public ITrainingSession Start(TrainingRequest request) => trainer.Start(request);

        public ITrainingSession Resume(TrainingRequest request, ReadOnlyMemory<byte> checkpoint) => trainer.Resume(request, checkpoint);

        public IScoringSession Score(ScoreRequest request) => trainer.Score(request);

        public IReadOnlyDictionary<string, HostTensor> Forward(ForwardRequest request)
        {
            if (request.Adapter is null)
                ModelChecks++;
            else
                AdapterChecks++;
            return trainer.Forward(request);
        }

        public void Dispose() => trainer.Dispose();
    }
}
