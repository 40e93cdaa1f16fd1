using LoraEdge.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>The branch <c>s * (x * A^T) * B^T</c> beside one frozen weight.</summary>
/// <param name="Layer">The adapted layer.</param>
/// <param name="A">Projection, shape <c>(r, in)</c>; a parameter only for plain LoRA.</param>
/// <param name="B">Trained factor, shape <c>(out, r)</c>.</param>
/// <param name="Scale">The factor s.</param>
internal sealed record LowRankBranch(AdaptableLayer Layer, Tensor A, Parameter B, float Scale);
