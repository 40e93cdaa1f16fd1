namespace LoraEdge.Benchmarks.Crash;

/// <summary>
/// Kills a process that records, trains, promotes and syncs at random moments, again and again on the same two storage folders,
/// and checks after each whether what it was told is stored is there. The next process finds what the killed one left.
/// </summary>
internal static class CrashBenchmark
{
    private const int KillsByDefault = 50, KillsInFull = 500, Seed = 20261124;

    /// <summary>Runs it.</summary>
    public static object Run(BenchmarkRun run)
    {
        string folder = Path.Combine(Path.GetTempPath(), "loraedge-crash-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        try
        {
            return Measure(run, folder, run.Full ? KillsInFull : KillsByDefault);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static object Measure(BenchmarkRun run, string folder, int kills)
    {
        string model = Path.Combine(folder, "model.onnx");
        CrashPlayer.Model().Save(model);
        var devices = new Dictionary<string, DevicePromises> { ["A"] = new("A"), ["B"] = new("B") };
        string[] roots = [.. devices.Keys.Select(name => Path.Combine(folder, name))];
        int lostAdapters = 0, unreadable = 0, whileOpening = 0;
        long lostRecords = 0;
        var random = new Random(Seed);
        var present = new CrashChild(model, roots);
        for (int kill = 1; kill <= kills; kill++)
        {
            CrashChild following = new(model, roots);
            IReadOnlyList<string> said;
            using (present)
                said = present.RunAndKill(devices.Values.Select(device => device.Next).ToArray(), Moment(random));
            present = following;
            whileOpening += said.Count(line => line.EndsWith("opened", StringComparison.Ordinal)) < devices.Count ? 1 : 0;
            foreach ((string name, DevicePromises promises) in devices)
            {
                promises.Add(said);
                StoreCheck check = CheckCopy(model, Path.Combine(folder, name), promises);
                lostAdapters += check.LostAdapters;
                lostRecords += check.LostRecords;
                unreadable += check.Fault is null ? 0 : 1;
                if (check.Fault is not null || check.LostAdapters + check.LostRecords > 0)
                    run.Progress($"kill {kill}, device {name}: {check.LostAdapters} adapters and {check.LostRecords} records lost. {check.Fault}");
            }

            if (kill % 10 == 0)
                run.Progress($"{kill} kills: {devices.Values.Sum(device => device.Adapters.Count)} adapters reported stored, {lostAdapters} lost; {unreadable} unreadable stores, {lostRecords} records lost");
        }

        present.Dispose();
        return Figures(run, kills, lostAdapters, unreadable, lostRecords, whileOpening, [.. devices.Values]);
    }

    /// <summary>Within two seconds; one in four while the stores are being opened and repaired.</summary>
    private static TimeSpan Moment(Random random) => TimeSpan.FromMilliseconds(random.NextDouble() * (random.Next(4) == 0 ? 150 : 2000));

    private static StoreCheck CheckCopy(string model, string root, DevicePromises promises)
    {
        string copy = root + "-copy";
        Directory.CreateDirectory(copy);
        foreach (string path in Directory.Exists(root) ? Directory.GetFiles(root, "*", SearchOption.AllDirectories) : [])
        {
            string target = Path.Combine(copy, Path.GetRelativePath(root, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }

        try
        {
            return new StoreCheck(model, copy, promises).Run();
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static object Figures(BenchmarkRun run, int kills, int lostAdapters, int unreadable, long lostRecords, int whileOpening, DevicePromises[] devices)
    {
        int Said(string what) => devices.Sum(device => device.Said(what));
        foreach (string failure in devices.SelectMany(device => device.Failures).Distinct().Take(10))
            run.Progress(failure);
        var figures = new
        {
            kills,
            lostAdapters,
            unreadableStores = unreadable,
            lostRecords,
            killsWhileOpening = whileOpening,
            adaptersReportedStored = Said("trained") + Said("promoted") + Said("rolledback"),
            trained = Said("trained"),
            promoted = Said("promoted"),
            rolledBack = Said("rolledback"),
            synced = Said("synced"),
            failed = Said("failed"),
            recordsReportedStored = devices.Sum(device => device.FlushedRecords),
        };
        run.Print($"{kills} kills, {whileOpening} of them while opening: {lostAdapters} of {figures.adaptersReportedStored} adapters lost, {lostRecords} of {figures.recordsReportedStored} records lost, {unreadable} unreadable stores");
        run.Print($"{figures.trained} trained when asked to, {figures.promoted} promoted, {figures.rolledBack} rolled back, {figures.synced} times changed by the other device, {figures.failed} failures");
        return figures;
    }
}
