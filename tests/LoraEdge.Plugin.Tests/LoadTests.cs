namespace LoraEdge.Plugin.Tests;

/// <summary>What cannot work is refused while the host is loading, and no file is touched.</summary>
public sealed class LoadTests
{
    private Host _host = null!;

    [SetUp]
    public void Create() => _host = new Host();

    [TearDown]
    public void Close() => _host.Dispose();

    [Test]
    public void Load_TellsTheFingerprint()
    {
        using LoraEdgePlugin plugin = _host.Load();

        Assert.That(plugin.Fingerprint, Is.EqualTo(_host.Model.Fingerprint));
    }

    [Test]
    public void Load_ModelThatIsMissing_NamesThePath() =>
        Assert.That(() => LoraEdgePlugin.Load(_host.Options() with { ModelPath = "nowhere/policy.onnx" }), Throws.TypeOf<ModelFormatException>().With.Message.Contains("nowhere"));

    [Test]
    public void Load_ModelThatIsTruncated_IsRefused()
    {
        File.WriteAllBytes(_host.ModelPath, File.ReadAllBytes(_host.ModelPath)[..^100]);

        Assert.That(() => _host.Load(), Throws.TypeOf<ModelFormatException>().With.Message.Contains("policy.onnx"));
    }

    [Test]
    public void Load_ObjectiveThatDoesNotExist_ListsTheOutputs() =>
        Assert.That(() => LoraEdgePlugin.Load(_host.Options() with { Objective = new Objective { ValueName = "policy" } }),
            Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("'policy'").And.Message.Contains("logits"));

    [TestCase(-0.1)]
    [TestCase(1)]
    [TestCase(double.NaN)]
    public void Load_HeldOutShareOutOfRange_IsRefused(double share) =>
        Assert.That(() => LoraEdgePlugin.Load(_host.Options() with { HeldOutShare = share }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("HeldOutShare"));

    [TestCase("")]
    [TestCase(" ")]
    public void Load_EmptyPaths_AreRefusedByName(string path)
    {
        Assert.That(() => LoraEdgePlugin.Load(_host.Options() with { ModelPath = path }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("ModelPath"));
        Assert.That(() => LoraEdgePlugin.Load(_host.Options() with { StorageFolder = path }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("StorageFolder"));
    }

    [Test]
    public void Load_OtherOptionsOutOfRange_AreRefused()
    {
        Assert.That(() => LoraEdgePlugin.Load(_host.Options() with { InferenceThreads = 0 }), Throws.TypeOf<InvalidOptionsException>());
        Assert.That(() => LoraEdgePlugin.Load(_host.Options() with { Limits = new RunLimits { LoopSeconds = 0 } }), Throws.TypeOf<InvalidOptionsException>());
        Assert.That(() => LoraEdgePlugin.Load(_host.Options() with { Training = new TrainingOptions { Rank = 0 } }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("Rank"));
        Assert.That(() => LoraEdgePlugin.Load(_host.Options() with { AdapterPrecision = 0 }), Throws.TypeOf<InvalidOptionsException>());
        Assert.That(() => LoraEdgePlugin.Load(_host.Options() with { Log = new InteractionLogOptions { SegmentBytes = 1 } }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("SegmentBytes"));
    }

    [Test]
    public void Load_ProjectionOfAnotherModel_IsRefused()
    {
        CalibratedProjection projection = CalibratedProjection.Create(TinyModels.Policy(seed: 9).Fingerprint, 1, [new(0, [1f])]);

        Assert.That(() => LoraEdgePlugin.Load(_host.Options() with { Projection = projection }), Throws.TypeOf<AdapterMismatchException>());
    }

    [Test]
    public void OpenProfile_AdapterOfAnotherModel_ServesTheBaseAndListsTheFile()
    {
        string path = Place(AdapterFile.Write(RandomAdapter.For(TinyModels.Policy(seed: 9))));
        using LoraEdgePlugin plugin = _host.Load();

        using Profile profile = plugin.OpenProfile("ada");

        Assert.That(profile.Adapter, Is.Null);
        Assert.That(profile.ObsoleteFiles, Is.EqualTo(new[] { path }));
        Assert.That(File.Exists(path));
        Assert.That(profile.DeleteObsoleteFiles(), Is.EqualTo(new[] { path }));
        Assert.That(File.Exists(path), Is.False);
    }

    [Test]
    public void OpenProfile_AdapterThatDoesNotFitTheModel_ServesTheBaseAndSaysSo()
    {
        Adapter fits = RandomAdapter.For(_host.Model);
        string path = Place(AdapterFile.Write(new Adapter
        {
            Model = fits.Model, Projection = fits.Projection, Rank = 1, Scale = 1, Training = fits.Training,
            Targets = [.. fits.Targets.Select(target => new AdapterTarget { InitializerIndex = target.InitializerIndex, OutFeatures = 1, B = [1] })],
        }));
        using LoraEdgePlugin plugin = _host.Load(new FakeTrainer(() => fits));
        using Profile profile = plugin.OpenProfile("ada");
        List<AdaptationNews> news = Rounds.News(profile);
        plugin.Tick();

        Assert.That((profile.Adapter, File.Exists(path)), Is.EqualTo(((Adapter?)null, true)));
        Assert.That(profile.Adaptation.Error, Is.TypeOf<AdapterMismatchException>());
        Assert.That(news.ConvertAll(one => one.Kind), Is.EqualTo(new[] { AdaptationEvent.Failed }));
        Assert.That(Host.Answer(profile), Is.Not.Empty);
        Host.Play(profile, 20);
        Assert.That((Host.Train(plugin, profile).Error, profile.Adaptation.Error), Is.EqualTo(((Exception?)null, (Exception?)null)), "another adapter serves");
    }

    [Test]
    public void OpenProfile_AdapterThatIsTruncated_IsSetAsideAndReported() => AssertSetAside(AdapterFile.Write(RandomAdapter.For(_host.Model))[..^1]);

    [Test]
    public void OpenProfile_AdapterThatIsDamaged_IsSetAsideAndReported()
    {
        byte[] bytes = AdapterFile.Write(RandomAdapter.For(_host.Model));
        bytes[bytes.Length / 2] ^= 4;

        AssertSetAside(bytes);
    }

    [Test]
    public void OpenProfile_Twice_IsRefusedUntilTheFirstIsDisposed()
    {
        using LoraEdgePlugin plugin = _host.Load();
        Profile first = plugin.OpenProfile("ada");

        Assert.That(() => plugin.OpenProfile("ada"), Throws.InvalidOperationException);
        Assert.That(Host.Answer(first), Is.Not.Empty);
        Assert.That(() => plugin.OpenProfile("Ada"), Throws.Nothing, "a name that differs in case is another profile");
        first.Dispose();
        Assert.That(() => plugin.OpenProfile("ada"), Throws.Nothing);
    }

    [Test]
    public void OpenProfile_NameThatIsNone_IsRefused()
    {
        using LoraEdgePlugin plugin = _host.Load();

        Assert.That(() => plugin.OpenProfile(""), Throws.TypeOf<InvalidInputException>());
        Assert.That(() => plugin.OpenProfile("half \ud800 of a pair"), Throws.TypeOf<InvalidInputException>());
    }

    private string Place(byte[] bytes)
    {
        string path = Path.Combine(_host.Storage, "profiles", "ada", "devices", "another.lora");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private void AssertSetAside(byte[] bytes)
    {
        string path = Place(bytes);
        using LoraEdgePlugin plugin = _host.Load();
        using Profile profile = plugin.OpenProfile("ada");
        SyncReport? report = null;
        profile.Synced += (_, found) => report = found;
        plugin.Tick();

        Assert.That(profile.Adapter, Is.Null);
        Assert.That(File.Exists(path), Is.False);
        Assert.That(report!.SetAside, Has.Count.EqualTo(1));
        Assert.That(File.ReadAllBytes(report.SetAside[0].Path), Is.EqualTo(bytes));
    }
}
