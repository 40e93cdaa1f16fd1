namespace LoraEdge;

/// <summary>The trained factor of one adapted weight.</summary>
public sealed class AdapterTarget
{
    /// <summary>
    /// Which weight: its position among the constant tensors of the model's main graph, which are the initializers by ordinal
    /// name and then the tensors of Constant nodes; the second direction of a recurrent weight adds their number. Stable,
    /// since the fingerprint fixes the model, and two bytes where a name would take twenty.
    /// </summary>
    public required int InitializerIndex { get; init; }

    /// <summary>Number of rows of B: the width of the layer's output.</summary>
    public required int OutFeatures { get; init; }

    /// <summary>B, shape <c>(out, r)</c>, row-major. B of zeros is the frozen model.</summary>
    public required float[] B { get; init; }

    /// <summary>
    /// A, shape <c>(r, in)</c>, row-major, when the adapter carries its own (<see cref="ProjectionKind.Explicit"/>);
    /// otherwise null and made by the adapter's <see cref="Projection"/>.
    /// </summary>
    public float[]? A { get; init; }
}
