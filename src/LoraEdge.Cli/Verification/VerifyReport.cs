using System.Text.Json.Serialization;
using LoraEdge.Onnx.Parity;

namespace LoraEdge.Cli.Verification;

/// <summary>How a model compares, as JSON has it.</summary>
/// <param name="Result"><c>agrees</c>, <c>differs</c> or <c>refused</c>.</param>
/// <param name="ComparedOutputs">Values that were compared: outputs, and what random ones are made from.</param>
/// <param name="Excluded">Outputs that were not.</param>
/// <param name="MaxDifference">The largest difference, relative to the scale of its output; null when nothing was compared.</param>
/// <param name="Tolerance">The largest that agrees.</param>
/// <param name="FirstDifferingNode">The first node, in execution order, whose results differ.</param>
/// <param name="Detail">What differs, or why the model is refused.</param>
internal sealed record VerifyReport(
    string Result, IReadOnlyList<string> ComparedOutputs, IReadOnlyList<string> Excluded, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? MaxDifference, double? Tolerance, string? FirstDifferingNode, string? Detail)
{
    /// <summary>The report on a comparison.</summary>
    public static VerifyReport Of(ParityResult result) => new(
        result.Agrees ? "agrees" : "differs", result.ComparedOutputs, result.Excluded, result.ComparedOutputs.Count > 0 ? result.MaxDifference : null, result.Tolerance, result.FirstDifferingNode, result.Detail);

    /// <summary>The report on a model, or files, that cannot be compared.</summary>
    public static VerifyReport Refused(string reason) => new("refused", [], [], null, null, null, reason);

    /// <summary>The report for people.</summary>
    public static void Write(ParityResult result, string model, string other, TextWriter output)
    {
        string figures = FormattableString.Invariant($"{result.ComparedOutputs.Count} value(s) compared, the largest difference is {result.MaxDifference:G3} of a value's scale, and {result.Tolerance:G3} is allowed");
        output.WriteLine($"{model} {(result.Agrees ? "agrees with" : "differs from")} {other}: {figures}.");
        foreach (string compared in result.ComparedOutputs)
            output.WriteLine($"  compared  {compared}");
        foreach (string excluded in result.Excluded)
            output.WriteLine($"  excluded  {excluded}");
        if (result.FirstDifferingNode is { } node)
            output.WriteLine($"  first differing node: {node}");
        if (result.Detail is { } detail)
            output.WriteLine($"  {detail}");
    }
}
