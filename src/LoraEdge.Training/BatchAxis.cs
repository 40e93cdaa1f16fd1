using LoraEdge.Onnx;

namespace LoraEdge.Training;

/// <summary>Whether a model takes more than one record at a time.</summary>
internal static class BatchAxis
{
    /// <summary>Checks that the model takes as many records at a time as the options ask for.</summary>
    /// <returns>The most records the model takes at a time: 1, or as many as one likes.</returns>
    /// <exception cref="InvalidOptionsException">An input has a batch axis of fixed size that the batch does not have.</exception>
    public static int Require(OnnxModel model, Objective objective, TrainingOptions options)
    {
        IReadOnlyList<ModelState> states = ModelState.Find(model, objective);
        ValueInfo? input = model.Graph.Inputs.FirstOrDefault(input => states.FirstOrDefault(state => state.Input == input.Name) is { } state
            ? state.IsBatchFixed
            : input.Shape is { Count: > 0 } shape && shape[0].Size is not null);
        if (input is null)
            return int.MaxValue;
        long size = states.Any(state => state.Input == input.Name) ? 1 : input.Shape![0].Size!.Value;
        return size == 1 && SliceOf(options) == 1
            ? 1
            : throw new InvalidOptionsException($"Input '{input.Name}' of {model.Name} has a batch axis of fixed size {size}. Export the model with a batch axis of varying size{(size == 1 ? ", or set the training option SliceSize or BatchSize to 1" : "")}.");
    }

    /// <summary>Records that training runs at a time.</summary>
    public static int SliceOf(TrainingOptions options) => Math.Min(options.BatchSize, options.SliceSize ?? options.BatchSize);
}
