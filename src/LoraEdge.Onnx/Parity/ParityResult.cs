namespace LoraEdge.Onnx.Parity;

/// <summary>The outcome of comparing two executions of a model.</summary>
public sealed record ParityResult
{
    /// <summary>Whether something was compared, and all of it agrees.</summary>
    public bool Agrees => ComparedOutputs.Count > 0 && Detail is null;

    /// <summary>Names of the values that were compared.</summary>
    public required IReadOnlyList<string> ComparedOutputs { get; init; }

    /// <summary>Outputs that were not: those behind a random operator, and those of a type that a <see cref="HostTensor"/> cannot hold.</summary>
    public required IReadOnlyList<string> Excluded { get; init; }

    /// <summary>The largest difference, relative to the scale of the value it was found in; see <see cref="ParityDifference.Relative"/>.</summary>
    public double MaxDifference { get; init; }

    /// <summary>The largest difference at which two executions agree.</summary>
    public required double Tolerance { get; init; }

    /// <summary>The first node, in execution order, whose results differ; null when all agree or no node is to blame.</summary>
    public string? FirstDifferingNode { get; init; }

    /// <summary>What differs, in words; null when nothing does.</summary>
    public string? Detail { get; init; }
}
