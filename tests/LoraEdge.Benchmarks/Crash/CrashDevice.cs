using System.Security.Cryptography;
using LoraEdge.Training;

namespace LoraEdge.Benchmarks.Crash;

/// <summary>One device in the process that is going to be killed. It says on stdout what it was told is stored, line by line.</summary>
internal sealed class CrashDevice
{
    private const int RecordsOfATurn = 8, TurnsToFlush = 5, TurnsToTrain = 100, FirstTraining = 10;

    private readonly string _name;
    private readonly string _folder;
    private readonly LoraEdgePlugin _plugin;
    private readonly Profile _profile;
    private long _next;

    /// <summary>Opens the device's storage.</summary>
    /// <param name="name">What it is called in what is said.</param>
    /// <param name="model">Path of the model.</param>
    /// <param name="root">Its storage folder.</param>
    /// <param name="next">Number of the next record.</param>
    public CrashDevice(string name, string model, string root, long next)
    {
        (_name, _next) = (name, next);
        _folder = Path.Combine(root, "profiles", CrashPlayer.Profile);
        _plugin = LoraEdgePlugin.Load(CrashPlayer.Options(model, root, new LoraFaTrainer()));
        _profile = _plugin.OpenProfile(CrashPlayer.Profile);
        _profile.Completed += (_, result) => Tell(result.Adapter is null ? null : "trained", result.Error);
        _profile.Adapted += (_, news) => Tell(Stores(news.Kind) ? news.Kind.ToString().ToLowerInvariant() : null, news.Status.Error);
        _profile.Synced += (_, report) => Say("synced");
        Say("opened");
    }

    /// <summary>Some frames of a game: records, and now and then the wish that they are on the disk, or a training.</summary>
    public void Turn(int turn)
    {
        for (int i = 0; i < RecordsOfATurn; i++, _next++)
            _profile.Record(CrashPlayer.Inputs(_next), CrashPlayer.Choice(_next), CrashPlayer.Weight(_next));
        _plugin.Tick();
        if (turn % TurnsToTrain == FirstTraining && !_profile.IsTraining)
            _profile.StartTraining();
        if (turn % TurnsToFlush != 0 || _profile.LostRecords > 0)
            return;
        long last = _next - 1;
        _profile.FlushRecords();
        Say($"flushed {last}");
    }

    /// <summary>Copies what this device has stored to another one, in place, as careless copiers do.</summary>
    public void CopyTo(CrashDevice other)
    {
        foreach (string path in Directory.GetFiles(Path.Combine(_folder, "devices"), $"{_plugin.Device}*.lora"))
        {
            try
            {
                File.Copy(path, Path.Combine(other._folder, "devices", Path.GetFileName(path)), overwrite: true);
            }
            catch (IOException)
            {
                // Someone has it open: next time.
            }
        }
    }

    private static bool Stores(AdaptationEvent kind) => kind is AdaptationEvent.Promoted or AdaptationEvent.RolledBack;

    private void Tell(string? stored, Exception? error)
    {
        if (error is not null)
            Say($"failed {error.GetType().Name}: {error.Message}");
        if (stored is null)
            return;
        long generation = _profile.Generation;
        string path = Path.Combine(_folder, "history", $"{generation:D8}.lora");
        Say($"stored {generation} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))} {stored}");
    }

    private void Say(string line) => Console.WriteLine($"{_name} {line}");
}
