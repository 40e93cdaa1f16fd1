using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Products of com.microsoft that took their neighbours in: transpositions and a factor, or an activation.</summary>
internal static class FusedProducts
{
    public static void Register(OperatorTable table)
    {
        table.Add("FusedMatMul", since: 1, FusedMatMul, domain: Domains.Microsoft);
        table.Add("FusedGemm", since: 1, FusedGemm, ObjectionToGemm, Domains.Microsoft);
    }

    private static Operation FusedMatMul(NodeContext node)
    {
        long[] a = node.Shape(0), b = node.Shape(1);
        node.RequireFloats(0);
        node.RequireSameType();
        float alpha = node.Node.GetFloat("alpha", 1);
        int[] orderA = Order(node, a.Length, "A"), orderB = Order(node, b.Length, "B");
        long[] left = [.. orderA.Select(axis => a[axis])], right = [.. orderB.Select(axis => b[axis])];
        long[] result = MatrixProduct.RequireShape(node, left, right);
        if (b.Length == 2 && IsPlain(orderA))
            return new LinearProduct(Count(left.Take(left.Length - 1)), false, !IsPlain(orderB), alpha, 1, false, node.Branch, result).Run;
        return Binary((x, y) =>
        {
            using Tensor first = Turned(x, orderA), second = Turned(y, orderB);
            Tensor product = MatrixProduct.Of(first, second);
            return alpha == 1 ? product : product.mul_(Number.Of(alpha));
        });
    }

    /// <summary>
    /// Order in which the axes are taken. <c>transBatch</c> moves the first one behind the other batch axes, <c>trans</c> then
    /// swaps the last two; vectors stay as they are.
    /// </summary>
    private static int[] Order(NodeContext node, int rank, string side)
    {
        List<int> axes = [.. Enumerable.Range(0, rank)];
        if (rank > 1 && node.Node.GetInt("transBatch" + side, 0) != 0)
        {
            axes.RemoveAt(0);
            axes.Insert(rank - 2, 0);
        }

        if (rank > 1 && node.Node.GetInt("trans" + side, 0) != 0)
            (axes[^1], axes[^2]) = (axes[^2], axes[^1]);
        return [.. axes];
    }

    private static bool IsPlain(int[] order) => order.SequenceEqual(Enumerable.Range(0, order.Length));

    private static Tensor Turned(Tensor x, int[] order) => IsPlain(order) ? x.alias() : x.permute([.. order.Select(axis => (long)axis)]);

    private static Operation FusedGemm(NodeContext node)
    {
        Operation product = MatrixProducts.Gemm(node);
        Func<Tensor, Tensor> activation = Activation(node.Node)!;
        return inputs =>
        {
            using Tensor before = product(inputs)[0];
            return [activation(before)];
        };
    }

    private static Func<Tensor, Tensor>? Activation(OnnxNode node) => node.GetString("activation", "") switch
    {
        "" => x => x.alias(),
        "Relu" => x => x.relu(),
        "Sigmoid" => x => x.sigmoid(),
        "Tanh" => x => x.tanh(),
        "LeakyRelu" => x => x.leaky_relu(Number.Of(node.GetFloat("activation_alpha", 0.01f))),
        _ => null,
    };

    private static string? ObjectionToGemm(OnnxNode node) =>
        Activation(node) is null ? $"the activation {node.GetString("activation", "")} is not supported" : null;

    private static long Count(IEnumerable<long> sizes) => sizes.Aggregate(1L, (product, size) => product * size);
}
