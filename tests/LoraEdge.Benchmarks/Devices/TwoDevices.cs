using LoraEdge.Training;
using Rival.Adaptation;
using Rival.Policy;

namespace LoraEdge.Benchmarks.Devices;

/// <summary>One player on two devices, on a third that has only what was synced, and on one with everything.</summary>
internal sealed class TwoDevices(PolicyModel model, PlayerLog log, double learningRate)
{
    private const string Synced = "devices";
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(1);

    /// <summary>Plays the first half of the games on one device, the second on another, and scores all on the latest games.</summary>
    public DeviceFigures Play()
    {
        PlayedGame[] games = [.. log.Training, .. log.EarlyStop];
        string folder = Directory.CreateTempSubdirectory("loraedge-").FullName;
        try
        {
            string one = Path.Combine(folder, "1"), two = Path.Combine(folder, "2"), third = Path.Combine(folder, "3");
            int half = games.Length / 2;
            double device1 = Train(one, games[..half]), device2 = Train(two, games[half..]);
            Score(third);
            Copy(one, third);
            Copy(two, third);
            return new DeviceFigures(
                Score(Path.Combine(folder, "base")),
                device1,
                device2,
                Score(third),
                Train(Path.Combine(folder, "4"), games));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Copies what a cloud copies: the folders of adapters, and nothing else of a device.</summary>
    internal static void Copy(string from, string to)
    {
        foreach (string devices in Directory.GetDirectories(from, Synced, SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, devices));
            Directory.CreateDirectory(target);
            foreach (string file in Directory.GetFiles(devices))
                File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }

    private double Train(string folder, IEnumerable<PlayedGame> games)
    {
        using LoraEdgePlugin plugin = Load(folder);
        using Profile profile = plugin.OpenProfile(log.Name);
        TrainingResult? result = null;
        profile.Completed += (_, completed) => result = completed;
        foreach (PlayedGame game in games)
        {
            foreach (Decision decision in game.Decisions)
            {
                Interaction record = decision.ToRecord();
                profile.Record(record.Inputs, record.Target);
            }

            profile.FlushRecords();
        }

        profile.StartTraining();
        while (result is null)
        {
            if (plugin.Tick(s_budget).Slices == 0)
                Thread.Sleep(1);
        }

        return result.Error is { } error ? throw error : Score(profile);
    }

    private double Score(string folder)
    {
        using LoraEdgePlugin plugin = Load(folder);
        using Profile profile = plugin.OpenProfile(log.Name);
        return Score(profile);
    }

    private double Score(Profile profile) => new PolicyEvaluator().Score(profile.Infer, log.TestDecisions).All.Nll;

    private LoraEdgePlugin Load(string folder) => LoraEdgePlugin.Load(new LoraEdgeOptions
    {
        ModelPath = model.Path,
        Objective = PolicyRecord.Objective,
        Projection = model.Projection(1),
        Training = new TrainingOptions { LearningRate = learningRate },
        Trainer = new LoraFaTrainer(),
        StorageFolder = folder,
        KeepRecords = false,
        Schedule = new ScheduleOptions { Mode = ScheduleMode.Cooperative },
    });
}
