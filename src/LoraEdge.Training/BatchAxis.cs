using LoraEdge.Onnx;

namespace LoraEdge.Training;

/// <summary>Whether a model takes more than one record at a time.</summary>
internal static class BatchAxis
{
    /// <exception cref="InvalidOptionsException">An input has a batch axis of fixed size that the batch does not have.</exception>
    public static void Require(OnnxModel model, int batchSize)
    {
        foreach (ValueInfo input in model.Graph.Inputs)
        {
            if (input.Shape is { Count: > 0 } shape && shape[0].Size is { } size && (size != 1 || batchSize != 1))
                throw new InvalidOptionsException($"Input '{input.Name}' of {model.Name} has a batch axis of fixed size {size}. Export the model with a batch axis of varying size{(size == 1 ? ", or set the training option BatchSize to 1" : "")}.");
        }
    }
}
