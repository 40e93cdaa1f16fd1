using LoraEdge.Onnx;
using LoraEdge.Training;

namespace LoraEdge.Cli.Inspection;

/// <summary>What <c>inspect</c> tells about a model; its JSON has these names in camelCase.</summary>
internal sealed record ModelReport
{
    /// <summary>File name.</summary>
    public required string Model { get; init; }

    /// <summary>What adapters of the model name; 64 hexadecimal digits.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Version of the file format.</summary>
    public required long IrVersion { get; init; }

    /// <summary>Version of ONNX's own operator set; null when the model imports none.</summary>
    public required long? Opset { get; init; }

    /// <summary>Version of every imported operator set by domain.</summary>
    public required IReadOnlyDictionary<string, long> Opsets { get; init; }

    /// <summary>What a caller feeds.</summary>
    public required IReadOnlyList<ValueReport> Inputs { get; init; }

    /// <summary>What the model computes.</summary>
    public required IReadOnlyList<ValueReport> Outputs { get; init; }

    /// <summary>The rank that the adapter bytes are for.</summary>
    public required int Rank { get; init; }

    /// <summary>Layers that are adapted.</summary>
    public required IReadOnlyList<LayerReport> Layers { get; init; }

    /// <summary>Weights in those layers.</summary>
    public required long Parameters { get; init; }

    /// <summary>Bytes of B in half precision over all layers: an adapter file but for its head of some 100 bytes and a few per layer.</summary>
    public required long AdapterBytes { get; init; }

    /// <summary>What could be adapted and is not chosen, then what looks like a layer and cannot be.</summary>
    public required IReadOnlyList<SkippedLayer> LeftOut { get; init; }

    /// <summary>Values that a loss could be on, the likeliest first.</summary>
    public required IReadOnlyList<CandidateReport> ObjectiveCandidates { get; init; }

    /// <summary>The operators of the main graph.</summary>
    public required IReadOnlyList<OperatorReport> Operators { get; init; }

    /// <summary>Nodes that the outputs need and training cannot execute.</summary>
    public required IReadOnlyList<UnsupportedNode> UnsupportedNodes { get; init; }

    /// <summary>Looks into a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rank">Rank of the adapter whose bytes are told.</param>
    /// <param name="include">Patterns of the layers to adapt; none for all but large vocabularies.</param>
    /// <param name="exclude">Patterns of the layers to leave out.</param>
    /// <exception cref="InvalidOptionsException">A pattern of <paramref name="include"/> fits no layer.</exception>
    public static ModelReport Of(OnnxModel model, int rank, IReadOnlyList<string> include, IReadOnlyList<string> exclude)
    {
        LayerScan scan = AdaptableLayers.Find(model.Graph);
        LayerChoice choice = LayerSelection.Choose(scan, include, exclude);
        LayerReport[] layers = [.. choice.Layers.Select(layer => LayerReport.Of(layer, rank))];
        IReadOnlyList<UnsupportedNode> unsupported = TrainingSupport.UnsupportedNodes(model);
        return new ModelReport
        {
            Model = model.Name,
            Fingerprint = model.Fingerprint.ToString(),
            IrVersion = model.IrVersion,
            Opset = model.Opsets.TryGetValue("", out long opset) ? opset : null,
            Opsets = model.Opsets.OrderBy(import => import.Key, StringComparer.Ordinal).ToDictionary(import => OperatorReport.NameOf(import.Key), import => import.Value),
            Inputs = [.. model.Graph.Inputs.Select(ValueReport.Of)],
            Outputs = [.. model.Graph.Outputs.Select(ValueReport.Of)],
            Rank = rank,
            Layers = layers,
            Parameters = layers.Sum(layer => layer.Parameters),
            AdapterBytes = layers.Sum(layer => layer.AdapterBytes),
            LeftOut = [.. choice.LeftOut, .. scan.Skipped],
            ObjectiveCandidates = [.. Onnx.ObjectiveCandidates.Find(model.Graph, choice.Layers).Select(CandidateReport.Of)],
            Operators = OperatorReport.Of(model, unsupported),
            UnsupportedNodes = unsupported,
        };
    }
}
