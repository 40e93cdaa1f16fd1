namespace LoraEdge.Plugin.Tests;

/// <summary>Rounds whose scoring or training does not go well, and adapters that turn out to be worse.</summary>
public sealed class RoundFailureTests
{
    private Host _host = null!;
    private FakeTrainer _trainer = null!;
    private LoraEdgePlugin _plugin = null!;
    private Profile _profile = null!;
    private List<AdaptationNews> _news = null!;

    [SetUp]
    public void Load()
    {
        _host = new Host();
        _trainer = Rounds.Numbered(_host);
        _plugin = LoraEdgePlugin.Load(Rounds.Options(_host, _trainer));
        _profile = _plugin.OpenProfile("ada");
        _news = Rounds.News(_profile);
    }

    [TearDown]
    public void Close()
    {
        _plugin.Dispose();
        _host.Dispose();
    }

    [Test]
    public void TrainingThatIsNotFinite_IsRejectedThenSlowedThenStopped()
    {
        _trainer.OnStep = _ => throw new TrainingFailedException("The loss became NaN.");
        var rates = new List<double>();
        _trainer.OnStart = request => rates.Add(request.Options.LearningRate);

        Rounds.Play(_plugin, _profile, 6 * Rounds.Batch);
        _plugin.Tick();

        Assert.That(_profile.Adaptation, Has.Property("IsStopped").True.And.Property("Rejections").EqualTo(4L).And.Property("LastRejection").EqualTo(RejectionReason.Dropped));
        Assert.That(_profile.Adaptation.LearningRateFactor, Is.EqualTo(0.125));
        Assert.That(rates, Has.Count.EqualTo(4), "stopped: the last batches are not trained on");
        Assert.That(rates[3] / rates[0], Is.EqualTo(0.25).Within(5).Percent);
        Assert.That(_news.ConvertAll(one => one.Kind), Is.EqualTo(Enumerable.Repeat(AdaptationEvent.Rejected, 4)));
        Assert.That((_host.StoredFiles.Length, _profile.Adapter), Is.EqualTo((0, (Adapter?)null)));
    }

    [Test]
    public void ResumeAdaptation_AfterAStop_TrainsOnAllThatHasComeSince()
    {
        _trainer.OnStep = _ => throw new TrainingFailedException("The loss became NaN.");
        Rounds.Play(_plugin, _profile, 6 * Rounds.Batch);
        _trainer.OnStep = null;

        _profile.ResumeAdaptation();
        Host.TickUntil(_plugin, () => _profile.Adaptation.TrainedThrough == 6 * Rounds.Batch);

        Assert.That(_profile.Adaptation, Has.Property("IsStopped").False.And.Property("Shadow").Not.Null);
    }

    [Test]
    public void StoppedTraining_IsTriedAgainAfterManyNewRecords()
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host, _trainer = Rounds.Numbered(_host)) with
        {
            StorageFolder = null,
            Adaptation = new AdaptationOptions { MinimumNewRecords = Rounds.Batch, Gate = new GateOptions { StopAfter = 1, ResumeAfterRecords = 40 } },
        });
        Profile profile = plugin.OpenProfile("ada");
        _trainer.OnStep = _ => throw new TrainingFailedException("The loss became NaN.");
        Rounds.Play(plugin, profile, Rounds.Batch);
        _trainer.OnStep = null;

        Rounds.Play(plugin, profile, 2 * Rounds.Batch, seed: 300);
        Assert.That(profile.Adaptation.IsStopped);
        Rounds.Play(plugin, profile, Rounds.Batch, seed: 400);

        Assert.That((profile.Adaptation.IsStopped, profile.Adaptation.TrainedThrough), Is.EqualTo((false, 4L * Rounds.Batch)));
    }

    [Test]
    public void AnyOtherError_EndsAdaptationUntilTheHostResumesIt()
    {
        _trainer.OnStart = _ => throw new InvalidOperationException("something else");
        Host.Play(_profile, Rounds.Batch);
        Host.TickUntil(_plugin, () => _news.Count > 0);

        for (int i = 0; i < 50; i++)
            _plugin.Tick();
        Host.Play(_profile, 3 * Rounds.Batch);
        _plugin.Tick();
        Assert.That(_trainer.Requests, Has.Count.EqualTo(1), "no endless loop");
        Assert.That(_news.Single(), Has.Property("Kind").EqualTo(AdaptationEvent.Failed));
        Assert.That(_news[0].Status.Error, Is.TypeOf<InvalidOperationException>());

        _trainer.OnStart = null;
        _profile.ResumeAdaptation();
        Host.TickUntil(_plugin, () => _profile.Adaptation.Error is null);
        Rounds.Settle(_plugin, _profile);
        Assert.That(_profile.Adaptation.TrainedThrough, Is.Positive);
    }

    [Test]
    public void AnErrorWhileScoring_EndsAdaptationAsWell()
    {
        Rounds.Play(_plugin, _profile, Rounds.Batch);
        _trainer.OnScore = _ => throw new TrainingFailedException("no memory is left");

        Host.Play(_profile, Rounds.Batch);
        Host.TickUntil(_plugin, () => _profile.Adaptation.Error is not null);

        Assert.That((_profile.Adaptation.ScoredThrough, _profile.Adaptation.Rejections), Is.EqualTo((16L, 0L)), "it says nothing about the candidate");
    }

    [Test]
    public void RecordsThatDoNotFit_AreRemovedAndTheNextRoundGoesOn()
    {
        Interaction[] unfit = [];
        _trainer.OnStart = request =>
        {
            if (unfit.Length > 0)
                return;
            unfit = [request.Records[3], request.Records[5]];
            throw new InvalidInputException("two do not fit") { Records = unfit };
        };

        Host.Play(_profile, Rounds.Batch);
        Host.TickUntil(_plugin, () => _profile.Adaptation.TrainedThrough == Rounds.Batch);

        Assert.That((_profile.RecordCount, _trainer.Requests.Count, _profile.Adaptation.Error), Is.EqualTo((Rounds.Batch - 2, 2, (Exception?)null)));
        Assert.That(_trainer.Requests[1].Records, Has.Count.EqualTo(Rounds.Batch - 2 - HeldOut(1, Rounds.Batch)));
    }

    [Test]
    public void RecordsThatWereUndone_CallForNoEndlessRounds()
    {
        Host.Play(_profile, Rounds.Batch);
        while (_profile.UndoLastRecord())
        {
        }

        int starts = 0;
        _trainer.OnStart = _ => starts++;
        for (int i = 0; i < 100; i++)
        {
            _plugin.Tick();
            Thread.Sleep(1);
        }

        Assert.That((_profile.RecordCount, starts), Is.EqualTo((0, 0)));
        Host.Play(_profile, Rounds.Batch);
        Host.TickUntil(_plugin, () => _profile.Adaptation.TrainedThrough == 2 * Rounds.Batch);
        Assert.That(_trainer.Requests.Single().Records, Has.Count.EqualTo(Rounds.Batch - HeldOut(Rounds.Batch + 1, Rounds.Batch)));
    }

    [Test]
    public void UndoLastRecord_BeforeItIsTrainedOn_KeepsItOut()
    {
        Host.Play(_profile, Rounds.Batch - 1);
        _profile.Record(Host.Input(1), Target.Class(3), 0.5f);
        Assert.That(_profile.UndoLastRecord());
        Host.Play(_profile, 1, seed: 900);

        Host.TickUntil(_plugin, () => _profile.Adaptation.TrainedThrough > 0);

        TrainingRequest request = _trainer.Requests.Single();
        Assert.That(request.Records.Concat(request.HeldOut).Select(record => record.Weight), Is.All.EqualTo(1f));
    }

    [Test]
    public void AnAdapterThatHasBecomeWorse_GivesWayToTheBestEarlierOne()
    {
        // The first that is promoted is good always, later ones only before the player changes.
        long first = long.MaxValue;
        bool hasChanged = false;
        _trainer.Loss = adapter => adapter is null ? 1 : adapter.Training.Steps <= first ? 0.5 : hasChanged ? 4 : 0.1;
        Rounds.Play(_plugin, _profile, 20 * Rounds.Batch, until: () => _profile.Generation > 0);
        first = _profile.Adapter!.Training.Steps;
        Rounds.Play(_plugin, _profile, 20 * Rounds.Batch, seed: 900, until: () => _profile.Generation > 1);
        Assert.That(_profile.Adapter!.Training.Steps, Is.GreaterThan(first));

        hasChanged = true;
        Rounds.Play(_plugin, _profile, 6 * Rounds.Batch, seed: 1900, until: () => _news.Any(one => one.Kind == AdaptationEvent.RolledBack));
        _plugin.Tick();

        Assert.That(_news.ConvertAll(one => one.Kind), Does.Contain(AdaptationEvent.RolledBack));
        Assert.That(_profile.Adapter?.Training.Steps, Is.EqualTo(first));
        Assert.That(AdapterFile.Load(Path.Combine(_host.Storage, _host.StoredFiles.Single())).Training.Steps, Is.EqualTo(first));
        Assert.That(_profile.Generation, Is.EqualTo(3), "it is stored as a generation of its own");
    }

    [Test]
    public void AnAdapterThatHasBecomeWorse_GivesWayToTheBaseWhereNoneWasBetter()
    {
        bool hasChanged = false;
        _trainer.Loss = adapter => adapter is null ? 1 : hasChanged ? 4 : 0.1;
        Rounds.Play(_plugin, _profile, 20 * Rounds.Batch, until: () => _profile.Generation > 0);

        hasChanged = true;
        Rounds.Play(_plugin, _profile, 6 * Rounds.Batch, until: () => _news.Any(one => one.Kind == AdaptationEvent.RolledBack));

        Assert.That(_profile.Adapter, Is.Null);
        _plugin.Dispose();
        using LoraEdgePlugin later = _host.Load();
        Assert.That(later.OpenProfile("ada").Adapter, Is.Null, "after a restart too");
    }

    [Test]
    public void ACandidateThatDoesNotFitTheModel_IsDroppedAndLearningGoesOn()
    {
        Rounds.Play(_plugin, _profile, Rounds.Batch);
        _trainer.OnScore = _ =>
        {
            _trainer.OnScore = null;
            throw new AdapterMismatchException("The adapter changes weights that the model does not have.");
        };

        Rounds.Play(_plugin, _profile, Rounds.Batch, seed: 700);
        _plugin.Tick();

        Assert.That(_profile.Adaptation, Has.Property("LastRejection").EqualTo(RejectionReason.Dropped).And.Property("TrainedThrough").EqualTo(2L * Rounds.Batch));
        Assert.That(_news.ConvertAll(one => one.Kind), Is.EqualTo(new[] { AdaptationEvent.Trained, AdaptationEvent.Rejected, AdaptationEvent.Trained }));
    }

    [Test]
    public void Rounds_KeepTheHostsLimits()
    {
        var limits = new RunLimits { LoopSeconds = 7 };
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host, _trainer = Rounds.Numbered(_host)) with { StorageFolder = null, Limits = limits });
        var given = new List<RunLimits>();
        _trainer.OnStart = request => given.Add(request.Limits);
        _trainer.OnScore = request => given.Add(request.Limits);

        Rounds.Play(plugin, plugin.OpenProfile("bob"), 2 * Rounds.Batch);

        Assert.That(given, Has.Count.EqualTo(3).And.All.EqualTo(limits));
    }

    [Test]
    public void AnAdapterOfOtherOptions_IsNotExtended()
    {
        _trainer.Loss = adapter => adapter is null ? 1 : 0.1;
        Rounds.Play(_plugin, _profile, 20 * Rounds.Batch, until: () => _profile.Generation > 0);
        _trainer.OnStart = request =>
        {
            if (request.Initial is not null)
                throw new AdapterMismatchException("The initial adapter has another rank.");
        };

        Rounds.Play(_plugin, _profile, Rounds.Batch, seed: 700);

        Assert.That(_trainer.Requests[^1].Initial, Is.Null);
        Assert.That(_profile.Adaptation.Error, Is.Null);
    }

    /// <summary>How many of some records in a row are never trained on.</summary>
    private static int HeldOut(int first, int count) => Enumerable.Range(first, count).Count(record => HeldOutBlocks.Contains(record, 0.1));
}
