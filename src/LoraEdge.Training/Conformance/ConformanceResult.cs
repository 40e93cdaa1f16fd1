namespace LoraEdge.Training.Conformance;

/// <summary>How one conformance case ended.</summary>
public enum ConformanceResult
{
    /// <summary>Every output is as expected.</summary>
    Passed,

    /// <summary>The model was refused with a typed error that names the operators.</summary>
    Refused,

    /// <summary>An output differs from the expected one.</summary>
    Wrong,

    /// <summary>It ended in an error that is not LoraEdge's own, or there was nothing to compare.</summary>
    Failed,
}
