using LoraEdge.Training;

namespace LoraEdge.Plugin.Tests;

/// <summary>Rounds that a restart interrupts: they end as they would have without it.</summary>
public sealed class RoundRestartTests
{
    private const int Records = 10 * Rounds.Batch;

    private Host _host = null!;
    private Host _other = null!;

    [SetUp]
    public void Begin()
    {
        (_host, _other) = (new Host(), new Host());
        Rounds.ShareDeviceId(_host, _other);
    }

    [TearDown]
    public void Close()
    {
        _host.Dispose();
        _other.Dispose();
    }

    [Test]
    public void ARestartInTheMiddleOfTraining_ChangesNothing([Values(1, 4)] int restarts)
    {
        byte[] whole = Finished(Options(_host));

        for (int i = 0; i < restarts; i++)
            Interrupt(_other, step: 2);

        Assert.That(File.Exists(Checkpoint(_other)));

        Assert.That(Finished(Options(_other), from: Recorded(Options(_other))), Is.EqualTo(whole));
    }

    [Test]
    public void ADamagedCheckpoint_OnlyMakesTheRoundBeginAnew([Values(1, 2, 3)] int seed)
    {
        byte[] whole = Finished(Options(_host));

        Interrupt(_other, step: 2);
        File.WriteAllBytes(Checkpoint(_other), Mutation.Of(File.ReadAllBytes(Checkpoint(_other)), new Random(seed)));

        Assert.That(Finished(Options(_other), from: Recorded(Options(_other))), Is.EqualTo(whole));
    }

    [Test]
    public void ARestartBetweenScoringAndTraining_ChangesNothing()
    {
        byte[] whole = Finished(Options(_host));

        Interrupt(_other, step: 0);

        Assert.That(File.Exists(Checkpoint(_other)), Is.False);

        Assert.That(Finished(Options(_other), from: Recorded(Options(_other))), Is.EqualTo(whole));
    }

    [Test]
    public void Training_GoesOnAtItsCheckpoint()
    {
        var trainer = new FakeTrainer(() => Rounds.Numbered(_host, 1)) { PlannedSteps = 1000 };
        using (LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host, trainer)))
        {
            Profile profile = plugin.OpenProfile("ada");
            Host.Play(profile, Rounds.Batch);
            using var reached = new ManualResetEventSlim();
            trainer.OnStep = step =>
            {
                if (step == 450)
                    reached.Set();
                if (step >= 450)
                    Thread.Sleep(1);
            };
            Host.TickUntil(plugin, () => reached.IsSet);
        }

        var later = new FakeTrainer(() => Rounds.Numbered(_host, 1)) { PlannedSteps = 1000 };
        using LoraEdgePlugin again = LoraEdgePlugin.Load(Rounds.Options(_host, later));
        Profile reopened = again.OpenProfile("ada");
        Rounds.Settle(again, reopened);

        Assert.That((later.Resumed, later.Steps), Is.EqualTo((400, 600)));
        Assert.That(File.Exists(Checkpoint(_host)), Is.False, "nothing is left of it");
    }

    [Test]
    public void ADamagedState_IsSetAsideAndOnlyNewRecordsCount()
    {
        Finished(Options(_host) with { Adaptation = new AdaptationOptions { MinimumNewRecords = Rounds.Batch } }, until: profile => profile.Generation > 0);
        byte[] state = File.ReadAllBytes(Rounds.StateFile(_host));
        state[state.Length / 2] ^= 1;
        File.WriteAllBytes(Rounds.StateFile(_host), state);

        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Options(_host));
        Profile profile = plugin.OpenProfile("ada");
        SyncReport? report = null;
        profile.Synced += (_, found) => report = found;
        plugin.Tick();

        Assert.That(report!.SetAside.Single(), Has.Property("State").EqualTo(DeviceFileState.Damaged).And.Property("Reason").Contains("learner.state"));
        Assert.That(File.ReadAllBytes(report.SetAside[0].Path), Is.EqualTo(state));
        Assert.That(profile.Adapter, Is.Not.Null, "what was stored serves");
        Assert.That((profile.Adaptation.ScoredThrough, profile.Adaptation.Shadow), Is.EqualTo(((long)profile.RecordCount, (ShadowScore?)null)), "it may have seen all that there is");
    }

    [Test]
    public void RecordsKeptInMemory_BeginAnewAndTheEvidenceStays()
    {
        LoraEdgeOptions options = Options(_host) with { KeepRecords = false };
        Finished(options);

        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(options);
        Profile profile = plugin.OpenProfile("ada");

        Assert.That((profile.RecordCount, profile.Adaptation.ScoredThrough), Is.EqualTo((0, 0L)));
        Assert.That(Directory.Exists(Path.Combine(_host.Storage, "profiles", "ada", "log")), Is.False, "no record is on the disk");
        Rounds.Play(plugin, profile, 2 * Rounds.Batch, seed: 700);
        Assert.That(profile.Adaptation.TrainedThrough, Is.GreaterThan(Rounds.Batch));
    }

    [Test]
    public void ACrashBetweenStoringAnAdapterAndTheState_StartsTheEvidenceAnew()
    {
        byte[] before = [];
        Finished(Options(_host), until: profile =>
        {
            if (profile.Generation == 0 && File.Exists(Rounds.StateFile(_host)))
                before = File.ReadAllBytes(Rounds.StateFile(_host));
            return profile.Generation > 0;
        });
        File.WriteAllBytes(Rounds.StateFile(_host), before);

        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Options(_host));
        Profile profile = plugin.OpenProfile("ada");

        Assert.That((profile.Generation, profile.Adaptation.Shadow, profile.Adaptation.ScoredThrough), Is.EqualTo((1L, (ShadowScore?)null, (long)profile.RecordCount)));
        Rounds.Play(plugin, profile, 2 * Rounds.Batch, seed: 4000);
        Assert.That(profile.Adaptation.Shadow?.OverUsed, Is.Not.Null);
    }

    [Test]
    public void ARecord_IsCountedOnce_AlsoAfterACrashBetweenStoringAnAdapterAndTheState()
    {
        // One that changes nothing, so that all records are looked at again.
        Adapter adapter = RandomAdapter.For(_host.Model), zero = Zero(adapter);
        long Train(Adapter trained)
        {
            using LoraEdgePlugin plugin = _host.Load(new FakeTrainer(() => trained));
            Profile profile = plugin.OpenProfile("ada");
            Host.Play(profile, 20);
            Host.Train(plugin, profile);
            return AdapterOrigin.Of(AdapterFile.Load(Path.Combine(_host.Storage, _host.StoredFiles.Single())), "own").Vector.Records;
        }

        Assert.That(Train(zero), Is.EqualTo(20));
        File.Delete(Rounds.StateFile(_host));

        Assert.That(Train(adapter), Is.EqualTo(40));
        Assert.That(Train(adapter), Is.EqualTo(60));
    }

    [Test]
    public void ALogThatWasLost_DoesNotKeepNewRecordsFromBeingScored()
    {
        Finished(Options(_host));
        Directory.Delete(Path.Combine(_host.Storage, "profiles", "ada", "log"), recursive: true);

        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Options(_host));
        Profile profile = plugin.OpenProfile("ada");
        Assert.That(profile.Adaptation.ScoredThrough, Is.Zero);
        Rounds.Play(plugin, profile, 2 * Rounds.Batch, seed: 700);

        Assert.That(profile.Adaptation.ScoredThrough, Is.GreaterThan(Rounds.Batch));
    }

    private static Adapter Zero(Adapter adapter) => new()
    {
        Model = adapter.Model, Projection = adapter.Projection, Rank = adapter.Rank, Scale = adapter.Scale, Training = adapter.Training,
        Targets = [.. adapter.Targets.Select(target => new AdapterTarget { InitializerIndex = target.InitializerIndex, OutFeatures = target.OutFeatures, B = new float[target.B.Length] })],
    };

    private static LoraEdgeOptions Options(Host host) => Rounds.Options(host) with
    {
        Training = Rounds.Options(host).Training with { MaxEpochs = 64, LearningRate = 0.01 },
        Adaptation = new AdaptationOptions { MinimumNewRecords = Rounds.Batch, CheckpointInterval = 1 },
    };

    private static string Checkpoint(Host host) => Path.Combine(Path.GetDirectoryName(Rounds.StateFile(host))!, "session.state");

    private static byte[] Finished(LoraEdgeOptions options, int from = 0, Func<Profile, bool>? until = null)
    {
        using (LoraEdgePlugin plugin = LoraEdgePlugin.Load(options))
        {
            Profile profile = plugin.OpenProfile("ada");
            Rounds.Settle(plugin, profile);
            Rounds.Play(plugin, profile, (until is null ? Records : 5 * Records) - from, seed: 100 + from, until: () => until?.Invoke(profile) == true);
        }

        return options.KeepRecords ? File.ReadAllBytes(Path.Combine(options.StorageFolder!, "profiles", "ada", "learner.state")) : [];
    }

    private static int Recorded(LoraEdgeOptions options)
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(options with { Adaptation = null });
        return plugin.OpenProfile("ada").RecordCount;
    }

    /// <summary>Plays on to a step of the second training, and ends there.</summary>
    private static void Interrupt(Host host, int step)
    {
        int from = Recorded(Options(host));
        var trainer = new WatchedTrainer(new LoraFaTrainer());
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Options(host) with { Trainer = trainer });
        Profile profile = plugin.OpenProfile("ada");
        Rounds.Settle(plugin, profile);
        Rounds.Play(plugin, profile, Rounds.Batch, seed: 100 + from);
        trainer.OnOpened = () => plugin.IsTrainingPaused = step == 0;
        trainer.OnStep = at => plugin.IsTrainingPaused = at + 1 >= step;
        Host.Play(profile, Rounds.Batch, seed: 100 + from + Rounds.Batch);
        Host.TickUntil(plugin, () => plugin.IsTrainingPaused);
        Assert.That(profile.Adaptation.TrainedThrough, Is.LessThan(profile.Adaptation.ScoredThrough));
    }
}
