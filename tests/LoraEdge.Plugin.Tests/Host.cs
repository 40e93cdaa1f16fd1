using System.Diagnostics;

namespace LoraEdge.Plugin.Tests;

/// <summary>A host with a tiny model on disk and a folder for adapters, both gone after the test.</summary>
internal sealed class Host : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    public Host(OnnxModel? model = null)
    {
        Model = model ?? TinyModels.Policy();
        Model.Save(ModelPath);
    }

    public OnnxModel Model { get; }

    public string ModelPath => _folder.File("policy.onnx");

    public string Storage => _folder.File("storage");

    /// <summary>Adapter files that this device has stored, with forward slashes.</summary>
    public string[] StoredFiles => Directory.Exists(Storage)
        ? [.. Directory.EnumerateFiles(Storage, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(Path.GetDirectoryName(path)) == "devices").Select(path => Path.GetRelativePath(Storage, path).Replace('\\', '/'))]
        : [];

    public LoraEdgeOptions Options(IAdapterTrainer? trainer = null) => new()
    {
        ModelPath = ModelPath,
        Objective = new Objective { ValueName = "logits" },
        Trainer = trainer,
        StorageFolder = Storage,
    };

    public LoraEdgePlugin Load(IAdapterTrainer? trainer = null) => LoraEdgePlugin.Load(Options(trainer));

    /// <summary>Records that follow a rule of the player's: the class is the position of the largest of the first four features.</summary>
    public static void Play(Profile profile, int count, int seed = 100)
    {
        for (int i = 0; i < count; i++)
            profile.Record(Input(seed + i), Target.Class(Choice(seed + i)));
    }

    public static Dictionary<string, HostTensor> Input(int seed) => new() { ["x"] = HostTensor.From(Numbers.Normal(8, seed), 1, 8) };

    public static int Choice(int seed)
    {
        float[] x = Numbers.Normal(8, seed);
        return Array.IndexOf(x, x.Take(4).Max());
    }

    /// <summary>What the profile says about a fixed input, as bits.</summary>
    public static byte[] Answer(Profile profile) => profile.Infer(Input(7))["logits"].Bytes;

    /// <summary>Ticks until something holds.</summary>
    public static void TickUntil(LoraEdgePlugin plugin, Func<bool> holds)
    {
        var watch = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.That(watch.Elapsed, Is.LessThan(s_patience), "the host waited in vain");
            plugin.Tick();
            Thread.Sleep(1);
        }
    }

    /// <summary>Waits without ticking until something holds.</summary>
    public static void WaitUntil(Func<bool> holds) =>
        Assert.That(SpinWait.SpinUntil(holds, s_patience), "the test waited in vain");

    /// <summary>Trains once and ticks until it has ended.</summary>
    public static TrainingResult Train(LoraEdgePlugin plugin, Profile profile, int? heldOut = null)
    {
        TrainingResult? result = null;
        void Remember(object? sender, TrainingResult ended) => result = ended;
        profile.Completed += Remember;
        profile.StartTraining(heldOut);
        TickUntil(plugin, () => result is not null);
        profile.Completed -= Remember;
        return result!;
    }

    public void Dispose() => _folder.Dispose();
}
