using LoraEdge.Training;

namespace LoraEdge.Plugin.Tests;

/// <summary>A host that leaves adaptation to the plugin, and players whose records come in small batches.</summary>
internal static class Rounds
{
    /// <summary>New records that a round takes.</summary>
    public const int Batch = 16;

    public static LoraEdgeOptions Options(Host host, IAdapterTrainer? trainer = null) => host.Options(trainer ?? new LoraFaTrainer()) with
    {
        Training = new TrainingOptions { Rank = 2, LearningRate = 0.05, MaxEpochs = 8, BatchSize = 16, TrustRegion = 2 },
        Adaptation = new AdaptationOptions { MinimumNewRecords = Batch },
        SyncInterval = TimeSpan.FromHours(1),
    };

    /// <summary>Gives out adapters that can be told apart: the first has 1 step of training behind it, the second 2.</summary>
    public static FakeTrainer Numbered(Host host)
    {
        int given = 0;
        return new FakeTrainer(() => Numbered(host, ++given));
    }

    public static Adapter Numbered(Host host, int number)
    {
        Adapter adapter = RandomAdapter.For(host.Model, rank: 2, seed: number);
        return new Adapter
        {
            Model = adapter.Model, Projection = adapter.Projection, Rank = adapter.Rank, Scale = adapter.Scale, Targets = adapter.Targets,
            Training = new TrainingSummary { Steps = number },
        };
    }

    /// <summary>Records in batches, each followed by the rounds that it calls for.</summary>
    /// <param name="choice">The player's choice; null for the rule of <see cref="Host.Choice"/>.</param>
    /// <param name="until">Ends the game early.</param>
    public static void Play(LoraEdgePlugin plugin, Profile profile, int count, int seed = 100, Func<int, int>? choice = null, Func<bool>? until = null)
    {
        for (int i = 0; i < count && until?.Invoke() != true; i++)
        {
            profile.Record(Host.Input(seed + i), Target.Class((choice ?? Host.Choice)(seed + i)));
            if ((i + 1) % Batch == 0)
                Settle(plugin, profile);
        }
    }

    /// <summary>Ticks until no round has anything to do. What was recorded is in the log before the first tick, so that a round has all of it.</summary>
    public static void Settle(LoraEdgePlugin plugin, Profile profile)
    {
        profile.FlushRecords();
        Host.TickUntil(plugin, () => IsSettled(profile));
        Assert.That(profile.Adaptation.Error, Is.Null);
    }

    public static bool IsSettled(Profile profile)
    {
        AdaptationStatus status = profile.Adaptation;
        return !profile.IsInRound && (status.Error is not null || (profile.RecordCount - status.ScoredThrough < Batch && (status.TrainedThrough == status.ScoredThrough || status.IsStopped)));
    }

    /// <summary>What adaptation tells from now on.</summary>
    public static List<AdaptationNews> News(Profile profile)
    {
        var news = new List<AdaptationNews>();
        profile.Adapted += (_, one) => news.Add(one);
        return news;
    }

    /// <summary>Makes two hosts the same device, so that their files can be compared.</summary>
    public static void ShareDeviceId(Host one, Host other)
    {
        one.Load().Dispose();
        Directory.CreateDirectory(other.Storage);
        File.Copy(Path.Combine(one.Storage, "device.id"), Path.Combine(other.Storage, "device.id"));
    }

    public static string StateFile(Host host, string profile = "ada") => Path.Combine(host.Storage, "profiles", profile, "learner.state");
}
