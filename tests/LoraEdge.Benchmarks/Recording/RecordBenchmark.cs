using System.Diagnostics;

namespace LoraEdge.Benchmarks.Recording;

/// <summary>
/// What recording costs the thread that does it: a thousand records a second, each timed, into a log on disk, while the
/// log's writer keeps up.
/// </summary>
internal static class RecordBenchmark
{
    private const int PerSecond = 1_000;
    private const int Floats = 150;
    private const int WarmUp = 2_000;

    public static object Run(BenchmarkRun run)
    {
        int seconds = run.Full ? 60 : 10;
        string folder = Path.Combine(Path.GetTempPath(), "loraedge-record-" + Guid.NewGuid().ToString("N"));
        try
        {
            return Measure(run, folder, seconds * PerSecond);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static RecordFigures Measure(BenchmarkRun run, string folder, int records)
    {
        run.Progress($"{records} records of {Floats} floats at {PerSecond} a second, on disk in {folder}");
        var options = new InteractionLogOptions();
        var inputs = new Dictionary<string, HostTensor> { ["features"] = HostTensor.From(new float[Floats], 1, Floats) };
        double[] micros = new double[records];
        long bytes, waiting, lost, size;
        using (InteractionLog log = InteractionLog.Open(folder, ["features"], options))
        {
            Target target = Target.Class(3);
            for (int i = 0; i < WarmUp; i++)
                log.Append(inputs, target);
            log.Flush();
            bytes = Paced(log, inputs, target, micros);
            waiting = WarmUp + records - Stored(folder, options);
            lost = log.Lost;
            log.Flush();
            size = log.Bytes;
        }

        long stored = Stored(folder, options);
        Array.Sort(micros);
        var figures = new RecordFigures(
            micros[records / 2], micros[records * 99 / 100], micros[^1], (double)bytes / records, lost, records, WarmUp + records - stored - lost, waiting, (double)size / stored);
        run.Print($"median {figures.MedianMicroseconds:f2} us, p99 {figures.P99Microseconds:f2} us, {figures.BytesPerCall} bytes a call; {lost} lost, {waiting} not on disk at the end, {figures.Missing} missing after it; {figures.BytesPerRecord:f0} bytes a record on disk");
        return figures;
    }

    /// <summary>Appends on time, each call timed alone; returns what the thread allocated.</summary>
    private static long Paced(InteractionLog log, Dictionary<string, HostTensor> inputs, Target target, double[] micros)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < micros.Length; i++)
        {
            WaitUntil(start + ((long)i * Stopwatch.Frequency / PerSecond));
            inputs["features"].Bytes[0] = (byte)i;
            long called = Stopwatch.GetTimestamp();
            log.Append(inputs, target);
            micros[i] = (Stopwatch.GetTimestamp() - called) * 1e6 / Stopwatch.Frequency;
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // As a host's frame does, sleeping, so that the caches are those of a thread that does other things in between.
    private static void WaitUntil(long timestamp)
    {
        while (Stopwatch.GetTimestamp() < timestamp)
            Thread.Sleep(1);
    }

    /// <summary>Records that another process would find in a copy of the folder.</summary>
    private static long Stored(string folder, InteractionLogOptions options)
    {
        string copy = folder + "-copy";
        Directory.CreateDirectory(copy);
        try
        {
            foreach (string file in Directory.GetFiles(folder))
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            using InteractionLog log = InteractionLog.Open(copy, ["features"], options);
            return log.Count;
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }
}
