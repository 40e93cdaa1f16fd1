namespace LoraEdge;

/// <summary>A weight of a model that can be a target, as a matrix <c>(out, in)</c> whatever its layout in the model.</summary>
/// <param name="InitializerIndex">Which weight; see <see cref="AdapterTarget.InitializerIndex"/>.</param>
/// <param name="Name">
/// Name of the initializer or of the Constant node's output, and <c>#1</c> behind it for the second direction of a recurrent
/// weight; the frozen projection is made from it.
/// </param>
/// <param name="InFeatures">Columns of A. For a convolution <c>in / groups * kh * kw</c>.</param>
/// <param name="OutFeatures">Rows of B.</param>
public readonly record struct AdaptableWeight(int InitializerIndex, string Name, int InFeatures, int OutFeatures);
