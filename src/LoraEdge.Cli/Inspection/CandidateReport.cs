using LoraEdge.Onnx;

namespace LoraEdge.Cli.Inspection;

/// <summary>A value that a loss could be on.</summary>
/// <param name="Value">Its name.</param>
/// <param name="Form">What it holds; null when the graph does not show it.</param>
/// <param name="Source">Where it was found.</param>
/// <param name="Layers">How many adaptable layers lead to it.</param>
internal sealed record CandidateReport(string Value, ObjectiveForm? Form, string Source, int Layers)
{
    public static CandidateReport Of(ObjectiveCandidate candidate) => new(candidate.ValueName, candidate.Form, candidate.Source, candidate.LayerCount);
}
