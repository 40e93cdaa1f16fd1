using System.Globalization;
using LoraEdge.Cli.Output;
using LoraEdge.Onnx;

namespace LoraEdge.Cli.Inspection;

/// <summary>The report for people.</summary>
internal static class ModelReportText
{
    public static void Write(ModelReport report, TextWriter output)
    {
        WriteHead(report, output);
        WriteLayers(report, output);
        WriteLeftOut(report, output);
        WriteCandidates(report, output);
        WriteOperators(report, output);
    }

    private static void WriteHead(ModelReport report, TextWriter output)
    {
        output.WriteLine(report.Model);
        output.WriteLine($"  fingerprint  {report.Fingerprint}");
        output.WriteLine($"  IR version   {report.IrVersion}");
        output.WriteLine($"  opsets       {string.Join(", ", report.Opsets.Select(import => $"{import.Key} {import.Value}"))}");
        foreach (ValueReport input in report.Inputs)
            output.WriteLine($"  input        {input}");
        foreach (ValueReport value in report.Outputs)
            output.WriteLine($"  output       {value}");
    }

    private static void WriteLayers(ModelReport report, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(report.Layers.Count == 0 ? "No layer is adapted." : $"Layers that are adapted, with the bytes of an adapter of rank {report.Rank} in half precision:");
        if (report.Layers.Count == 0)
            return;
        var table = new TextTable("name", "operator", "in>", "out>", "weights>", "bytes>");
        foreach (LayerReport layer in report.Layers)
            table.Add(layer.Name, layer.IsAttached ? $"{layer.Operator}, beside" : layer.Operator, Number(layer.In), Number(layer.Out), Number(layer.Parameters), Number(layer.AdapterBytes));
        table.Add($"{report.Layers.Count} together", "", "", "", Number(report.Parameters), Number(report.AdapterBytes));
        table.Write(output);
    }

    private static void WriteLeftOut(ModelReport report, TextWriter output)
    {
        if (report.LeftOut.Count == 0)
            return;
        output.WriteLine();
        output.WriteLine("Left out:");
        var table = new TextTable("name", "because");
        foreach (SkippedLayer layer in report.LeftOut)
            table.Add(layer.Name, layer.Reason);
        table.Write(output);
    }

    private static void WriteCandidates(ModelReport report, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(report.ObjectiveCandidates.Count == 0 ? "No value was found that a loss could be on." : "Candidates for the objective:");
        if (report.ObjectiveCandidates.Count == 0)
            return;
        var table = new TextTable("value", "holds", "which is", "layers>");
        foreach (CandidateReport candidate in report.ObjectiveCandidates)
            table.Add(candidate.Value, HoldsOf(candidate.Form), candidate.Source, Number(candidate.Layers));
        table.Write(output);
    }

    private static void WriteOperators(ModelReport report, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("Operators:");
        var table = new TextTable("operator", "domain", "nodes>", "in training");
        foreach (OperatorReport one in report.Operators)
            table.Add(one.Operator, one.Domain, Number(one.Count), one.Supported ? "supported" : "not supported");
        table.Write(output);
        if (report.UnsupportedNodes.Count == 0)
            return;
        output.WriteLine();
        output.WriteLine($"{report.UnsupportedNodes.Count} node(s) that training cannot execute:");
        var nodes = new TextTable("node", "operator", "opset>", "because");
        foreach (UnsupportedNode node in report.UnsupportedNodes)
            nodes.Add(node.Name, node.Operator, Number(node.OpsetVersion), node.Reason);
        nodes.Write(output);
    }

    private static string HoldsOf(ObjectiveForm? form) => form switch
    {
        ObjectiveForm.Logits => "logits",
        ObjectiveForm.LogProbabilities => "log-probabilities",
        ObjectiveForm.Probabilities => "probabilities",
        _ => "numbers",
    };

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
