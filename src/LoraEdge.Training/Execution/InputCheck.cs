using LoraEdge.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>Compares the inputs of a run with what the model declares.</summary>
internal static class InputCheck
{
    /// <exception cref="InvalidInputException">An input is missing, unknown, of another type or shape, or on another device.</exception>
    public static void Require(OnnxModel model, IReadOnlyDictionary<string, Tensor> inputs, Device device)
    {
        foreach (ValueInfo declared in model.Graph.Inputs)
        {
            if (!inputs.TryGetValue(declared.Name, out Tensor? given))
                throw new InvalidInputException($"{model.Name} needs the input '{declared.Name}'; given were: {string.Join(", ", inputs.Keys)}.");
            if (ElementTypes.FromOnnx(declared.ElementType) != given.dtype)
                throw new InvalidInputException($"Input '{declared.Name}' of {model.Name} has the element type {ElementTypes.FromOnnx(declared.ElementType)}, not {given.dtype}.");
            if (given.device_type != device.type || (device.type != DeviceType.CPU && given.device_index != device.index))
                throw new InvalidInputException($"Input '{declared.Name}' of {model.Name} is on {given.device}, but the model runs on {device}.");
            if (declared.Shape is { } shape && !Fits(shape, given.shape))
                throw new InvalidInputException($"Input '{declared.Name}' of {model.Name} has the shape [{string.Join(",", shape)}], not [{string.Join(",", given.shape)}].");
        }

        string? unknown = inputs.Keys.FirstOrDefault(name => model.Graph.Inputs.All(input => input.Name != name));
        if (unknown is not null)
            throw new InvalidInputException($"{model.Name} has no input '{unknown}'; its inputs are: {string.Join(", ", model.Graph.Inputs.Select(input => input.Name))}.");
    }

    private static bool Fits(IReadOnlyList<Dimension> declared, long[] given) =>
        declared.Count == given.Length && declared.Zip(given, (dimension, size) => dimension.Size is null || dimension.Size == size).All(fits => fits);
}
