using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>
/// Adds a low-rank branch to a MatMul or Gemm. Autograd keeps only z = x*A^T for the gradient of B, never x: that is the
/// memory saving of LoRA-FA, and it holds as long as A needs no gradient itself.
/// </summary>
internal static class AdaptedProduct
{
    /// <summary>The node's own operation followed by the branch.</summary>
    public static Operation Build(OnnxNode node, Operation product, LowRankBranch branch)
    {
        bool transA = node.GetInt("transA", 0) != 0;
        double scale = branch.Scale * branch.Layer.Alpha;
        return inputs =>
        {
            using Tensor y = product(inputs)[0];
            using Tensor x = transA ? inputs[0]!.t() : inputs[0]!.alias();
            using Tensor rows = x.reshape(-1, branch.Layer.InFeatures);
            using Tensor a = branch.A.t();
            using Tensor z = rows.mm(a);
            using Tensor b = branch.B.t();
            using Tensor flat = y.reshape(-1, branch.Layer.OutFeatures);
            using Tensor sum = addmm(flat, z, b, 1, (float)scale);
            return [sum.reshape(y.shape)];
        };
    }
}
