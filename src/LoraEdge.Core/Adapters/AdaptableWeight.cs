namespace LoraEdge;

/// <summary>A weight of a model that can be a target, as a matrix <c>(out, in)</c> whatever its layout in the model.</summary>
/// <param name="InitializerIndex">Position among all initializers of the main graph, sorted by ordinal name.</param>
/// <param name="Name">The initializer's name; the frozen projection is made from it.</param>
/// <param name="InFeatures">Columns of A. For a convolution <c>in / groups * kh * kw</c>.</param>
/// <param name="OutFeatures">Rows of B.</param>
public readonly record struct AdaptableWeight(int InitializerIndex, string Name, int InFeatures, int OutFeatures);
