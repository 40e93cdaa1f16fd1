using System.Diagnostics;
using LoraEdge.Fuzz.Tests.Cases;

namespace LoraEdge.Fuzz.Tests.Running;

/// <summary>Runs cases one after the other in this process and tells on standard output where it is, so that whoever started it knows which case ended it.</summary>
internal static class CaseLoop
{
    /// <summary>Begins the line that a case writes before it does anything.</summary>
    public const string Begin = "begin";

    /// <summary>Begins the line that tells what the case is about to do.</summary>
    public const string Stage = "stage";

    /// <summary>Begins the line of a case that ended as it may.</summary>
    public const string End = "end";

    /// <summary>Begins the line of a case that an untyped error came out of.</summary>
    public const string Fail = "fail";

    /// <summary>Runs cases.</summary>
    /// <param name="kind">What kind.</param>
    /// <param name="seed">Seed of all cases.</param>
    /// <param name="first">Number of the first.</param>
    /// <param name="count">How many.</param>
    public static void Run(IFuzzCase kind, int seed, int first, int count)
    {
        kind.Run(new Random(0));
        long start = PeakMemory.Restart();
        for (int number = first; number < first + count; number++)
        {
            Console.WriteLine($"{Begin} {number}");
            var watch = Stopwatch.StartNew();
            PeakMemory.Restart();
            (string word, string outcome) = Outcome(kind, new Random(unchecked((seed * 1_000_003) + number)));
            Console.WriteLine($"{word} {number} {watch.ElapsedMilliseconds} {(PeakMemory.Bytes() - start) >> 20} {outcome}");
        }
    }

    private static (string Word, string Outcome) Outcome(IFuzzCase kind, Random random)
    {
        try
        {
            return (End, kind.Run(random));
        }
        catch (UntypedErrorException error)
        {
            return (Fail, error.Message);
        }
    }
}
