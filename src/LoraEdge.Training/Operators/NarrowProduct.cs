using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Computes with a weight that is held in half precision where the model has float32; see <see cref="Execution.NarrowWeights"/>.</summary>
internal static class NarrowProduct
{
    /// <summary>The product in the weight's type; the result in that of x, with storage of its own.</summary>
    /// <param name="x">The other factor, borrowed.</param>
    /// <param name="weight">The weight, borrowed.</param>
    /// <param name="bias">What is added to the product, borrowed; null for nothing.</param>
    /// <param name="product">The product of x and the weight, with the bias.</param>
    public static Tensor Of(Tensor x, Tensor weight, Tensor? bias, Func<Tensor, Tensor?, Tensor> product)
    {
        ScalarType type = x.dtype, held = weight.dtype;
        if (type == held)
            return product(x, bias);
        using Tensor narrow = x.to(held);
        using Tensor? narrowBias = bias?.to(held);
        using Tensor result = product(narrow, narrowBias);
        return result.to(type);
    }

    /// <summary>What was looked up in a table, in the type that the model gives the table.</summary>
    /// <param name="found">What was looked up, disposed.</param>
    /// <param name="type">The type.</param>
    public static Tensor Widen(Tensor found, ScalarType type)
    {
        if (found.dtype == type)
            return found;
        using (found)
            return found.to(type);
    }
}
