using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>Computes values of a model with ONNX Runtime, internal ones included.</summary>
public static class ServedValues
{
    /// <summary>Opens a session whose outputs are the wanted values, at the default optimization level, and runs it once.</summary>
    /// <param name="model">The model, with an adapter in it (<see cref="WeightMerger.Apply"/>) or without.</param>
    /// <param name="inputs">The model's inputs by name.</param>
    /// <param name="values">Names of values that nodes compute, or of outputs.</param>
    /// <param name="settings">How to run it; null for the defaults.</param>
    /// <returns>The values by name; those of a type that a <see cref="HostTensor"/> cannot hold are left out.</returns>
    /// <exception cref="InvalidInputException">The inputs do not fit the model.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime refuses the model, or hosts cannot hold any of the values.</exception>
    /// <exception cref="NativeRuntimeException">ONNX Runtime's native library is missing.</exception>
    public static IReadOnlyDictionary<string, HostTensor> Compute(
        OnnxModel model, IReadOnlyDictionary<string, HostTensor> inputs, IReadOnlyList<string> values, SessionSettings? settings = null)
    {
        using var session = new MergedSession(model.WithOutputs(values), null, settings);
        return session.Run(inputs);
    }
}
