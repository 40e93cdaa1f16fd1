namespace LoraEdge.Benchmarks;

/// <summary>How a benchmark is to run.</summary>
/// <param name="Data">Where the data is.</param>
/// <param name="Full">Whether the full counts are wanted, however long they take.</param>
/// <param name="JsonOnly">Whether stdout is for the JSON object alone.</param>
internal sealed record BenchmarkRun(BenchmarkData Data, bool Full, bool JsonOnly)
{
    /// <summary>Says how it goes.</summary>
    public void Progress(string line) => Console.Error.WriteLine(line);

    /// <summary>Prints a line for people.</summary>
    public void Print(string line)
    {
        if (!JsonOnly)
            Console.WriteLine(line);
    }
}
