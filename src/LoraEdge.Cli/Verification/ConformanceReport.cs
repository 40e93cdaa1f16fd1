using LoraEdge.Cli.Output;
using LoraEdge.Training.Conformance;

namespace LoraEdge.Cli.Verification;

/// <summary>How a directory of conformance cases went, as JSON has it.</summary>
/// <param name="Passed">Cases whose outputs are all as expected.</param>
/// <param name="Refused">Cases refused with a typed error.</param>
/// <param name="Wrong">Cases with another output.</param>
/// <param name="Failed">Cases that ended in any other error.</param>
/// <param name="Cases">All of them.</param>
internal sealed record ConformanceReport(int Passed, int Refused, int Wrong, int Failed, IReadOnlyList<ConformanceCase> Cases)
{
    /// <summary>Counts the cases.</summary>
    public static ConformanceReport Of(IEnumerable<ConformanceCase> cases)
    {
        ConformanceCase[] all = [.. cases];
        int Count(ConformanceResult result) => all.Count(one => one.Result == result);
        return new(Count(ConformanceResult.Passed), Count(ConformanceResult.Refused), Count(ConformanceResult.Wrong), Count(ConformanceResult.Failed), all);
    }

    /// <summary>The report for people: what did not pass, then the counts.</summary>
    public void Write(TextWriter output)
    {
        var table = new TextTable("case", "result", "operators", "detail");
        foreach (ConformanceCase one in Cases.Where(one => one.Result != ConformanceResult.Passed).OrderBy(one => one.Result))
            table.Add(one.Name, one.Result.ToString().ToLowerInvariant(), string.Join(",", one.Operators), one.Detail.ReplaceLineEndings(" "));
        if (Passed < Cases.Count)
            table.Write(output);
        output.WriteLine($"{Passed} passed, {Refused} refused, {Wrong} wrong, {Failed} failed, of {Cases.Count} cases.");
    }
}
