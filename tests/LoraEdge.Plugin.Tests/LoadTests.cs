using LoraEdge.Storage;

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
    }

    [Test]
    public void Load_ProjectionOfAnotherModel_IsRefused()
    {
        CalibratedProjection projection = CalibratedProjection.Create(TinyModels.Policy(seed: 9).Fingerprint, 1, [new(0, [1f])]);

        Assert.That(() => LoraEdgePlugin.Load(_host.Options() with { Projection = projection }), Throws.TypeOf<AdapterMismatchException>());
    }

    [Test]
    public void OpenProfile_AdapterOfAnotherModel_NamesTheFileAndLeavesIt() =>
        AssertFileRefused<AdapterMismatchException>(AdapterFile.Write(RandomAdapter.For(TinyModels.Policy(seed: 9))));

    [Test]
    public void OpenProfile_AdapterThatIsTruncated_NamesTheFileAndLeavesIt() =>
        AssertFileRefused<AdapterFormatException>(AdapterFile.Write(RandomAdapter.For(_host.Model))[..^1]);

    [Test]
    public void OpenProfile_AdapterThatIsDamaged_NamesTheFileAndLeavesIt()
    {
        byte[] bytes = AdapterFile.Write(RandomAdapter.For(_host.Model));
        bytes[bytes.Length / 2] ^= 4;

        AssertFileRefused<AdapterFormatException>(bytes);
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

    [TestCase("ada", "ada")]
    [TestCase("player-1", "player-1")]
    [TestCase("Ada", "_41da")]
    [TestCase("../../etc", "_2e_2e_2f_2e_2e_2fetc")]
    [TestCase("c:\\x", "c_3a_5cx")]
    [TestCase("a_b", "a_5fb")]
    [TestCase("Žofie", "_c5_bdofie")]
    [TestCase("con", "_63on")]
    [TestCase("com1", "_63om1")]
    [TestCase("console", "console")]
    [TestCase(".", "_2e")]
    public void ProfileFolder_StaysInsideAndDiffers(string name, string folder) => Assert.That(ProfileFolder.Encode(name), Is.EqualTo(folder));

    [Test]
    public void ProfileFolder_OfALongName_IsItsHash()
    {
        string folder = ProfileFolder.Encode(new string('x', 121));

        Assert.That(folder, Has.Length.EqualTo(66).And.StartsWith("_x"));
        Assert.That(ProfileFolder.Encode(new string('x', 122)), Is.Not.EqualTo(folder));
        Assert.That(ProfileFolder.Encode(new string('x', 120)), Has.Length.EqualTo(120));
    }

    [Test]
    public void OpenProfile_NameThatIsNone_IsRefused()
    {
        using LoraEdgePlugin plugin = _host.Load();

        Assert.That(() => plugin.OpenProfile(""), Throws.TypeOf<InvalidInputException>());
        Assert.That(() => plugin.OpenProfile("half \ud800 of a pair"), Throws.TypeOf<InvalidInputException>());
    }

    private void AssertFileRefused<T>(byte[] bytes)
        where T : LoraEdgeException
    {
        string path = Path.Combine(_host.Storage, "profiles", "ada", "devices", "local.lora");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        using LoraEdgePlugin plugin = _host.Load();

        Assert.That(() => plugin.OpenProfile("ada"), Throws.TypeOf<T>().With.Message.Contains(path));

        Assert.That(File.ReadAllBytes(path), Is.EqualTo(bytes));
        File.Delete(path);
        Assert.That(plugin.OpenProfile("ada").Adapter, Is.Null);
    }
}
