using System.Security.Cryptography;

namespace LoraEdge.Benchmarks.Crash;

/// <summary>Opens a copy of a store as the next start of the host would, and compares it with what was promised.</summary>
internal sealed class StoreCheck(string model, string root, DevicePromises promises)
{
    private readonly string _profile = Path.Combine(root, "profiles", CrashPlayer.Profile);

    /// <summary>Adapters that were reported stored and are gone.</summary>
    public int LostAdapters { get; private set; }

    /// <summary>Records that were reported to be on the disk and are gone.</summary>
    public long LostRecords { get; private set; }

    /// <summary>What is wrong with the store; null when all can be read.</summary>
    public string? Fault { get; private set; }

    /// <summary>Checks.</summary>
    public StoreCheck Run()
    {
        try
        {
            Open();
            CheckLog();
            CheckLeftOvers();
        }
        catch (Exception error) when (error is LoraEdgeException or IOException or InvalidOperationException)
        {
            Fault = $"{error.GetType().Name}: {error.Message}";
        }

        return this;
    }

    private void Open()
    {
        var reports = new List<SyncReport>();
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(CrashPlayer.Options(model, root, trainer: null));
        Profile profile = plugin.OpenProfile(CrashPlayer.Profile);
        profile.Synced += (_, report) => reports.Add(report);
        plugin.Tick();
        if (!profile.Infer(CrashPlayer.Inputs(1))["logits"].AsSpan<float>().ToArray().All(float.IsFinite))
            Fault = "What is served is not finite.";
        CheckIdentity(plugin.Device, reports);
        CheckAdapters(plugin.Device, profile.Generation);
    }

    private void CheckIdentity(DeviceId device, List<SyncReport> reports)
    {
        if (promises.Device is { } known && known != device)
            Fault = $"The device has become another one: {known}, now {device}.";
        foreach (SyncReport report in reports)
        {
            if (report.Identity != IdentityChange.None)
                Fault = $"The device took a new id: {report.Identity}.";

            // A file of another device may be torn: the copier was killed.
            if (report.SetAside.FirstOrDefault(file => file.Name.StartsWith(device.ToString(), StringComparison.Ordinal) || file.Path.Contains("history", StringComparison.Ordinal)) is { } torn)
                Fault = $"{torn.Path} is damaged: {torn.Reason}";
        }

        if (promises.Adapters.Count > 0 || promises.Next > 1)
            promises.Device = device;
    }

    private void CheckAdapters(DeviceId device, long newest)
    {
        int kept = CrashPlayer.Options(model, root, null).Generations;
        foreach ((long generation, string digest) in promises.Adapters.Where(adapter => adapter.Key > newest - kept))
        {
            bool isThere = DigestOf(Path.Combine(_profile, "history", $"{generation:D8}.lora")) == digest
                && (generation != newest || DigestOf(Path.Combine(_profile, "devices", $"{device}.lora")) == digest);
            LostAdapters += isThere ? 0 : 1;
        }
    }

    // The log lets its oldest records go when it is full, and no others.
    private void CheckLog()
    {
        using InteractionLog log = InteractionLog.Open(Path.Combine(_profile, "log"), [CrashPlayer.Input], CrashPlayer.Log);
        HashSet<long> found = [.. log.Read().Select(record => CrashPlayer.Number(record.Interaction))];
        bool isFull = log.Bytes + (3 * CrashPlayer.Log.SegmentBytes) > CrashPlayer.Log.MaxBytes;
        long oldest = isFull ? found.Min() : 1;
        for (long number = oldest; number < promises.Next; number++)
            LostRecords += promises.IsFlushed(number) && !found.Contains(number) ? 1 : 0;
        promises.Next = Math.Max(promises.Next, found.DefaultIfEmpty(0).Max() + 1);
        while (log.TryTakeReport(out LogReport? report))
        {
            if (report.Kind != LogReportKind.TornTail)
                Fault = report.Message;
        }
    }

    private void CheckLeftOvers()
    {
        if (Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).FirstOrDefault(path => Path.GetExtension(path) is ".tmp" or ".damaged") is { } left)
            Fault = $"{left} was left.";
    }

    private static string? DigestOf(string path) => File.Exists(path) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))) : null;
}
