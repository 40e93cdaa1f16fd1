namespace LoraEdge.Plugin.Tests;

/// <summary>What a training is given, and what becomes of its adapter.</summary>
public sealed class TrainingFlowTests
{
    private Host _host = null!;
    private FakeTrainer _trainer = null!;
    private Func<Adapter> _give = null!;
    private LoraEdgePlugin _plugin = null!;
    private Profile _profile = null!;

    [SetUp]
    public void Load()
    {
        _host = new Host();
        _give = () => RandomAdapter.For(_host.Model);
        _trainer = new FakeTrainer(() => _give());
        _plugin = _host.Load(_trainer);
        _profile = _plugin.OpenProfile("ada");
    }

    [TearDown]
    public void Close()
    {
        _plugin.Dispose();
        _host.Dispose();
    }

    [TestCase(20, null, 2)]
    [TestCase(9, null, 0)]
    [TestCase(20, 7, 7)]
    [TestCase(20, 0, 0)]
    public void StartTraining_HoldsOutTheNewestRecords(int records, int? asked, int heldOut)
    {
        Host.Play(_profile, records);

        Host.Train(_plugin, _profile, asked);

        TrainingRequest request = _trainer.Requests.Single();
        Assert.That((request.Records.Count, request.HeldOut.Count), Is.EqualTo((records - heldOut, heldOut)));
        Assert.That(request.Records.Concat(request.HeldOut).Select(record => record.Inputs["x"].Bytes),
            Is.EqualTo(Enumerable.Range(100, records).Select(seed => Host.Input(seed)["x"].Bytes)));
    }

    [Test]
    public void StartTraining_PassesTheHostsOptionsOn()
    {
        Host.Play(_profile, 20);
        Host.Train(_plugin, _profile);

        LoraEdgeOptions options = _host.Options();
        TrainingRequest request = _trainer.Requests.Single();
        Assert.That((request.ModelPath, request.Objective, request.Options, request.Projection.Seed), Is.EqualTo((options.ModelPath, options.Objective, options.Training, 0UL)));
    }

    [TestCase(0, null)]
    [TestCase(3, 3)]
    [TestCase(3, -1)]
    public void StartTraining_NothingToTrainOn_IsRefused(int records, int? heldOut)
    {
        Host.Play(_profile, records);

        Assert.That(() => _profile.StartTraining(heldOut), Throws.TypeOf<InvalidInputException>());
        Assert.That(_profile.IsTraining, Is.False);
    }

    [Test]
    public void StartTraining_Twice_IsRefused()
    {
        Host.Play(_profile, 20);
        _profile.StartTraining();

        Assert.That(() => _profile.StartTraining(), Throws.InvalidOperationException.With.Message.Contains("'ada' is training already"));
    }

    [Test]
    public void StartTraining_WithoutATrainer_IsRefused()
    {
        using LoraEdgePlugin serving = _host.Load();
        Profile profile = serving.OpenProfile("ada");
        Host.Play(profile, 20);

        Assert.That(() => profile.StartTraining(), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("LoraEdgeOptions.Trainer"));
        Assert.That(profile.IsTraining, Is.False);
    }

    [Test]
    public void StartTraining_TwoProfiles_TrainOneAfterTheOtherOnOneThread()
    {
        Profile second = _plugin.OpenProfile("bob");
        Host.Play(_profile, 20);
        Host.Play(second, 30);
        int open = 0;
        _trainer.OnStep = _ => open = Math.Max(open, _trainer.OpenSessions);

        _profile.StartTraining();
        second.StartTraining();
        Host.TickUntil(_plugin, () => !_profile.IsTraining && !second.IsTraining);

        Assert.That(_trainer.Requests.Select(request => request.Records.Count), Is.EqualTo(new[] { 18, 27 }));
        Assert.That((open, _trainer.Threads.Count), Is.EqualTo((1, 1)));
        Assert.That(_host.StoredFiles, Is.EquivalentTo(new[] { $"profiles/ada/devices/{_plugin.Device}.lora", $"profiles/bob/devices/{_plugin.Device}.lora" }));
    }

    [Test]
    public void Completed_WhatIsServedIsWhatIsStored()
    {
        Adapter trained = RandomAdapter.For(_host.Model);
        _give = () => trained;
        Host.Play(_profile, 20);

        TrainingResult result = Host.Train(_plugin, _profile);

        float[] rounded = [.. trained.Targets[0].B.Select(value => (float)(Half)value)];
        Assert.That(_profile.Adapter!.Targets[0].B, Is.EqualTo(rounded).And.Not.EqualTo(trained.Targets[0].B));
        Assert.That(AdapterFile.Load(result.FilePath!).Targets[0].B, Is.EqualTo(rounded));
    }

    [Test]
    public void Completed_InFullPrecision_KeepsEveryBit()
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(_host.Options(new FakeTrainer(() => _give())) with { AdapterPrecision = AdapterPrecision.Float32, StorageFolder = Path.Combine(_host.Storage, "precise") });
        Profile profile = plugin.OpenProfile("carol");
        Host.Play(profile, 20);

        Host.Train(plugin, profile);

        Assert.That(profile.Adapter!.Targets[0].B, Is.EqualTo(RandomAdapter.For(_host.Model).Targets[0].B));
    }

    [Test]
    public void Completed_WithoutAStorageFolder_ServesAndStoresNothing()
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(_host.Options(new FakeTrainer(() => _give())) with { StorageFolder = null });
        Profile profile = plugin.OpenProfile("carol");
        Host.Play(profile, 20);

        TrainingResult result = Host.Train(plugin, profile);

        Assert.That((result.FilePath, result.Bytes > 0, profile.Adapter is not null, _host.StoredFiles.Length), Is.EqualTo(((string?)null, true, true, 0)));
    }

    [TestCase("start")]
    [TestCase("step")]
    [TestCase("complete")]
    [TestCase("another model")]
    [TestCase("not finite")]
    [TestCase("storage")]
    public void Completed_AfterAFailure_KeepsTheAdapterAndItsFile(string failure)
    {
        Host.Play(_profile, 20);
        string file = Host.Train(_plugin, _profile).FilePath!;
        (Adapter present, byte[] answer, byte[] stored) = (_profile.Adapter!, Host.Answer(_profile), File.ReadAllBytes(file));
        Type expected = Fail(failure, file);

        TrainingResult result = Host.Train(_plugin, _profile);

        Assert.That(result.Error, Is.InstanceOf(expected));
        Assert.That((result.Adapter, result.FilePath, result.IsCancelled), Is.EqualTo(((Adapter?)null, (string?)null, false)));
        Assert.That(_profile.Adapter, Is.SameAs(present));
        Assert.That(Host.Answer(_profile), Is.EqualTo(answer));
        Assert.That(File.ReadAllBytes(failure == "storage" ? file + ".kept" : file), Is.EqualTo(stored));
        Assert.That(_trainer.OpenSessions, Is.Zero);
    }

    [Test]
    public void Completed_AfterRecordsThatDoNotFit_WasTrainedWithoutThemAndDropsThem()
    {
        Host.Play(_profile, 20);
        HashSet<Interaction> unfit = [];
        _trainer.OnStart = request =>
        {
            if (unfit.Count == 0)
                unfit = [request.Records[3], request.HeldOut[0]];
            Refuse(request, unfit);
        };

        TrainingResult result = Host.Train(_plugin, _profile);

        Assert.That((result.Error, result.RecordsDropped, result.DropReason), Is.EqualTo(((Exception?)null, 2, "they do not fit")));
        Assert.That(_trainer.Requests.Select(request => (request.Records.Count, request.HeldOut.Count)), Is.EqualTo(new[] { (18, 2), (17, 1) }));
        Assert.That(_profile.RecordCount, Is.EqualTo(18));
        Assert.That(Host.Train(_plugin, _profile), Has.Property("RecordsDropped").Zero.And.Property("DropReason").Null);
    }

    [Test]
    public void Completed_WhereNoRecordFits_FailsAndDropsNone()
    {
        Host.Play(_profile, 20);
        _trainer.OnStart = request => Refuse(request, [.. request.Records]);

        TrainingResult result = Host.Train(_plugin, _profile);

        Assert.That((result.Error?.Message, result.RecordsDropped, _profile.RecordCount), Is.EqualTo(("they do not fit", 0, 20)));
    }

    [Test]
    public void Completed_WhereOneRecordAfterTheOtherDoesNotFit_GivesUpAndDropsNone()
    {
        Host.Play(_profile, 100);
        _trainer.OnStart = request => Refuse(request, [request.Records[0]]);

        TrainingResult result = Host.Train(_plugin, _profile);

        Assert.That(result.Error, Is.TypeOf<InvalidInputException>());
        Assert.That((_trainer.Requests.Count, _profile.RecordCount), Is.EqualTo((8, 100)));
    }

    private static void Refuse(TrainingRequest request, HashSet<Interaction> unfit)
    {
        Interaction[] found = [.. request.Records.Concat(request.HeldOut).Where(unfit.Contains)];
        if (found.Length > 0)
            throw new InvalidInputException("they do not fit") { Records = found };
    }

    private Type Fail(string failure, string file)
    {
        switch (failure)
        {
            case "start":
                _trainer.OnStart = _ => throw new InvalidInputException("the start fails");
                return typeof(InvalidInputException);
            case "step":
                _trainer.OnStep = _ => throw new TrainingFailedException("the step fails");
                return typeof(TrainingFailedException);
            case "complete":
                _trainer.OnComplete = () => throw new OperationCanceledException("not asked for");
                return typeof(OperationCanceledException);
            case "another model":
                _give = () => RandomAdapter.For(TinyModels.Policy(seed: 77));
                return typeof(AdapterMismatchException);
            case "not finite":
                _give = () => RandomAdapter.For(_host.Model, share: double.NaN);
                return typeof(AdapterFormatException);
            default:
                File.Move(file, file + ".kept");
                Directory.CreateDirectory(file);

                // IOException or UnauthorizedAccessException, by operating system.
                return typeof(SystemException);
        }
    }
}
