using LoraEdge.Training;

namespace LoraEdge.Plugin.Tests;

/// <summary>The whole path with the real trainer: record, train, store, merge, serve.</summary>
public sealed class AdaptationTests
{
    private static LoraEdgeOptions Options(Host host) => host.Options(new LoraFaTrainer()) with
    {
        Training = new TrainingOptions { Rank = 2, LearningRate = 0.05, MaxEpochs = 8, BatchSize = 16, TrustRegion = 2 },
    };

    [Test]
    public void StartTraining_OnAPlayersRule_LowersTheLossOnMovesNotSeen()
    {
        using var host = new Host();
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Options(host));
        Profile profile = plugin.OpenProfile("ada");
        Host.Play(profile, 400);
        double before = Loss(profile);

        TrainingResult result = Host.Train(plugin, profile);

        Assert.That(result.Error, Is.Null);
        Assert.That(Loss(profile), Is.LessThan(0.8 * before));
        Assert.That(profile.Adapter, Is.SameAs(result.Adapter));
        Assert.That(result.Adapter!.Training, Has.Property("Records").EqualTo(360).And.Property("HeldOutRecords").EqualTo(40));
        Assert.That(result.Elapsed, Is.GreaterThan(TimeSpan.Zero));
    }

    [Test]
    public void StartTraining_StoresAFileThatServesTheSameBitsWhenTheProfileIsOpenedAgain()
    {
        using var host = new Host();
        byte[] untrained, trained;
        TrainingResult result;
        using (LoraEdgePlugin plugin = LoraEdgePlugin.Load(Options(host)))
        {
            Profile profile = plugin.OpenProfile("ada");
            untrained = Host.Answer(profile);
            Host.Play(profile, 200);
            result = Host.Train(plugin, profile);
            trained = Host.Answer(profile);
        }

        using LoraEdgePlugin later = host.Load();

        Assert.That(Host.Answer(later.OpenProfile("ada")), Is.EqualTo(trained).And.Not.EqualTo(untrained));
        Assert.That(Host.Answer(later.OpenProfile("bob")), Is.EqualTo(untrained), "another profile is served with the base model");
        Assert.That(host.StoredFiles, Is.EqualTo(new[] { $"profiles/ada/devices/{later.Device}.lora" }));
        Assert.That(new FileInfo(result.FilePath!).Length, Is.EqualTo(result.Bytes));
    }

    [Test]
    public void StartTraining_Twice_GivesByteIdenticalFilesButForTheirOrigin()
    {
        using var host = new Host();
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Options(host));
        string[] files = new string[2];
        for (int i = 0; i < 2; i++)
        {
            Profile profile = plugin.OpenProfile("player " + i);
            Host.Play(profile, 100);
            files[i] = Host.Train(plugin, profile).FilePath!;
        }

        Assert.That(WithoutOrigin(files[1]), Is.EqualTo(WithoutOrigin(files[0])));
    }

    [Test]
    public void Infer_WhileTrainingGoesOn_IsServed()
    {
        using var host = new Host();
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Options(host));
        Profile profile = plugin.OpenProfile("ada");
        Host.Play(profile, 400);
        byte[] before = Host.Answer(profile);
        var answers = new HashSet<string>();
        profile.StartTraining();

        while (profile.IsTraining)
        {
            answers.Add(Convert.ToHexString(Host.Answer(profile)));
            profile.Record(Host.Input(3), Target.Class(0));
            plugin.Tick();
        }

        answers.Add(Convert.ToHexString(Host.Answer(profile)));
        Assert.That(answers, Has.Count.EqualTo(2).And.Contains(Convert.ToHexString(before)));
        Assert.That(profile.RecordCount, Is.GreaterThan(400));
    }

    [Test]
    public void StartTraining_OnAnUndeclaredValue_LeavesOutTheRecordsThatDoNotFitIt()
    {
        using var host = new Host();
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Options(host) with { Objective = new Objective { ValueName = "sum" } });
        Profile profile = plugin.OpenProfile("ada");
        profile.Record(Host.Input(1), Target.Class(16));
        Host.Play(profile, 40);
        profile.Record(Host.Input(2), Target.Class(1, [1, 99]));

        TrainingResult result = Host.Train(plugin, profile);

        Assert.That(result.Error, Is.Null);
        Assert.That((result.RecordsDropped, profile.RecordCount, result.Adapter!.Training.Records), Is.EqualTo((2, 40, 37L)));
        Assert.That(result.DropReason, Does.Contain("the class 16, but there are 16"));
    }

    [Test]
    public void StartTraining_WithARegressionTargetOfAnotherLengthInFront_LeavesOutThatOneAlone()
    {
        using var host = new Host();
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Options(host) with { Objective = new Objective { ValueName = "hidden", Loss = LossKind.Huber } });
        Profile profile = plugin.OpenProfile("ada");
        profile.Record(Host.Input(1), Target.Regression(1, 2));
        for (int seed = 2; seed < 22; seed++)
            profile.Record(Host.Input(seed), Target.Regression(new float[16]));

        TrainingResult result = Host.Train(plugin, profile);

        Assert.That((result.Error, result.RecordsDropped, profile.RecordCount), Is.EqualTo(((Exception?)null, 1, 20)));
    }

    private static double Loss(Profile profile)
    {
        double sum = 0;
        const int Count = 200;
        for (int seed = 5000; seed < 5000 + Count; seed++)
        {
            float[] logits = profile.Infer(Host.Input(seed))["logits"].AsSpan<float>().ToArray();
            sum += Math.Log(logits.Sum(value => Math.Exp(value))) - logits[Host.Choice(seed)];
        }

        return sum / Count;
    }

    private static byte[] WithoutOrigin(string path)
    {
        Adapter adapter = AdapterFile.Load(path);
        Assert.That(AdapterOrigin.Of(adapter, path).Vector.Records, Is.EqualTo(100));
        return AdapterFile.Write(new Adapter
        {
            Model = adapter.Model, Projection = adapter.Projection, Rank = adapter.Rank, Scale = adapter.Scale, Targets = adapter.Targets, Training = adapter.Training,
        });
    }
}
