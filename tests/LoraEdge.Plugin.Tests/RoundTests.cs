namespace LoraEdge.Plugin.Tests;

/// <summary>Adaptation that the host leaves to the plugin, with the real trainer: rounds, evidence, promotion.</summary>
public sealed class RoundTests
{
    private Host _host = null!;

    [SetUp]
    public void Begin() => _host = new Host();

    [TearDown]
    public void Close() => _host.Dispose();

    [Test]
    public void APlayerWithARule_IsServedACandidateOnceTheEvidenceIsThere()
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host));
        Profile profile = plugin.OpenProfile("ada");
        List<AdaptationNews> news = Rounds.News(profile);
        byte[] before = Host.Answer(profile);

        Rounds.Play(plugin, profile, 800, until: () => profile.Adaptation.Promotions > 0);
        plugin.Tick();

        Assert.That(news.ConvertAll(one => one.Kind), Does.Contain(AdaptationEvent.Trained).And.Contain(AdaptationEvent.Promoted).And.None.EqualTo(AdaptationEvent.Failed));
        Assert.That(news.First().Kind, Is.EqualTo(AdaptationEvent.Trained), "the first candidate knows the first records and is judged by later ones");
        AdaptationStatus shadowed = news.TakeWhile(one => one.Kind != AdaptationEvent.Promoted).Last().Status;
        Assert.That(shadowed.Shadow, Is.Not.Null.And.Property("Records").GreaterThan(0).And.Property("EvidenceNeeded").GreaterThan(20));
        Assert.That(shadowed.Shadow!.OverBase.Mean, Is.Positive);
        Assert.That(news.First(one => one.Kind == AdaptationEvent.Promoted).Status.Promotions, Is.EqualTo(1), "the event tells of the moment");
        Assert.That(profile.Adapter, Is.Not.Null);
        Assert.That((profile.Generation, _host.StoredFiles), Is.EqualTo((1L, new[] { $"profiles/ada/devices/{plugin.Device}.lora" })));
        Assert.That(Host.Answer(profile), Is.Not.EqualTo(before));
        Assert.That(Loss(profile, Host.Choice), Is.LessThan(Loss(plugin.OpenProfile("bob"), Host.Choice)));
    }

    [Test]
    public void RecordsThatAreNoNumbers_StoreNothingAndStopTraining()
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host));
        Profile profile = plugin.OpenProfile("ada");
        List<AdaptationNews> news = Rounds.News(profile);

        for (int i = 0; i < 6 * Rounds.Batch; i++)
        {
            float[] x = Numbers.Normal(8, i);
            x[i % 8] = i % 5 == 0 ? float.NaN : x[i % 8];
            profile.Record(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(x, 1, 8) }, Target.Class(0));
            if ((i + 1) % Rounds.Batch == 0)
                Rounds.Settle(plugin, profile);
        }

        plugin.Tick();
        Assert.That(news.ConvertAll(one => one.Kind), Has.Some.EqualTo(AdaptationEvent.Rejected).And.None.EqualTo(AdaptationEvent.Promoted), "a round may have drawn numbers alone");
        Assert.That((profile.Adaptation.IsStopped, profile.Adaptation.LearningRateFactor < 1), Is.EqualTo((true, true)));
        Assert.That((profile.Adapter, _host.StoredFiles.Length), Is.EqualTo(((Adapter?)null, 0)));
    }

    [Test]
    public void APlayerLikeTheBase_IsNeverServedAnythingElse()
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host));
        Profile profile = plugin.OpenProfile("ada");

        Rounds.Play(plugin, profile, 400, choice: seed => Drawn(profile, seed));

        Assert.That((profile.Adapter, profile.Adaptation.Promotions, _host.StoredFiles.Length), Is.EqualTo(((Adapter?)null, 0L, 0)));
        Assert.That(profile.Adaptation.TrainedThrough, Is.EqualTo(400));
    }

    [Test]
    public void APlayerWhoTurnsToTheOpposite_IsNotServedWorseThanTheBaseForLong()
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(_host));
        Profile profile = plugin.OpenProfile("ada");
        Rounds.Play(plugin, profile, 800, until: () => profile.Adaptation.Promotions > 1);
        Assert.That(Loss(profile, Opposite), Is.GreaterThan(Loss(plugin.OpenProfile("bob"), Opposite)), "what was learned is wrong now");
        List<AdaptationNews> news = Rounds.News(profile);

        Rounds.Play(plugin, profile, 320, seed: 9000, choice: Opposite);
        plugin.Tick();

        Assert.That(news.ConvertAll(one => one.Kind), Does.Contain(AdaptationEvent.RolledBack).Or.Contain(AdaptationEvent.Promoted));
        Assert.That(Loss(profile, Opposite), Is.LessThan(0.02 + Loss(plugin.OpenProfile("carl"), Opposite)));
    }

    [Test]
    public void InCooperativeMode_ResultsAreThoseOfBackgroundMode()
    {
        using var other = new Host();
        Rounds.ShareDeviceId(_host, other);
        byte[] background = Adapted(_host, new ScheduleOptions(), default);
        byte[] cooperative = Adapted(other, new ScheduleOptions { Mode = ScheduleMode.Cooperative }, TimeSpan.FromMilliseconds(500));

        Assert.That(cooperative, Is.EqualTo(background));
    }

    /// <summary>Plays a while, and returns all that adaptation knows then.</summary>
    private static byte[] Adapted(Host host, ScheduleOptions schedule, TimeSpan budget)
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(host) with { Schedule = schedule });
        Profile profile = plugin.OpenProfile("ada");
        for (int i = 0; i < 12 * Rounds.Batch; i++)
        {
            profile.Record(Host.Input(i), Target.Class(Host.Choice(i)));
            if ((i + 1) % Rounds.Batch != 0)
                continue;
            profile.FlushRecords();
            while (!Rounds.IsSettled(profile))
                plugin.Tick(budget);
        }

        Assert.That(profile.Adaptation.Error, Is.Null);
        Assert.That(profile.Adaptation.TrainedThrough, Is.GreaterThan(11 * Rounds.Batch), "a round that promotes leaves the records after the promotion to the next");
        return File.ReadAllBytes(Rounds.StateFile(host));
    }

    private static int Opposite(int seed)
    {
        float[] x = Numbers.Normal(8, seed);
        return Array.IndexOf(x, x.Take(4).Min());
    }

    /// <summary>A choice drawn from what the model says.</summary>
    private static int Drawn(Profile profile, int seed)
    {
        double[] weights = [.. profile.Infer(Host.Input(seed))["logits"].AsSpan<float>().ToArray().Select(value => Math.Exp(value))];
        double left = new Random(seed).NextDouble() * weights.Sum();
        int choice = 0;
        while (choice < weights.Length - 1 && (left -= weights[choice]) > 0)
            choice++;
        return choice;
    }

    private static double Loss(Profile profile, Func<int, int> choice) => Enumerable.Range(5000, 200).Average(seed =>
    {
        float[] logits = profile.Infer(Host.Input(seed))["logits"].AsSpan<float>().ToArray();
        return Math.Log(logits.Sum(value => Math.Exp(value))) - logits[choice(seed)];
    });
}
