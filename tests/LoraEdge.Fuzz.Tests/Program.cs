using System.Globalization;

namespace LoraEdge.Fuzz.Tests;

/// <summary>
/// Runs cases in this process and says on the output what comes of each: <c>models|inputs|ranks|attached SEED FROM COUNT</c>. With a folder
/// as a fifth argument, the models are written there to look at. With another seed than the tests', and in processes of their
/// own: <c>all models|inputs|ranks|attached SEED COUNT</c>.
/// </summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        if (arguments[0] == "all")
            return RunAll(arguments[1], Number(arguments[2]), Number(arguments[3]));
        (int seed, int from, int count) = (Number(arguments[1]), Number(arguments[2]), Number(arguments[3]));
        Func<int, FuzzCase> make = arguments[0] switch
        {
            "models" => index => ModelCase.Make(seed, index, arguments.ElementAtOrDefault(4)),
            "attached" => index => AttachedCase.Make(seed, index),
            "inputs" => index => InputCase.Make(seed, index),
            _ => index => RankCase.Make(seed, index),
        };
        for (int index = from; index < from + count; index++)
            Report.Run(index, make(index));
        return 0;
    }

    private static int RunAll(string kind, int seed, int count)
    {
        (IReadOnlyList<string> problems, string results) = new FuzzBatch(kind, seed).Run(count);
        foreach (string problem in problems)
            Console.WriteLine(problem);
        Console.WriteLine($"{count} {kind}, seed {seed}: {results}");
        return problems.Count == 0 ? 0 : 1;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
