using Microsoft.ML.OnnxRuntime;
using OrtElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace LoraEdge.Inference;

/// <summary>Copies results out of ONNX Runtime's memory.</summary>
internal static class OutputTensors
{
    /// <summary>Whether a <see cref="HostTensor"/> can hold an output.</summary>
    public static bool CanHold(NodeMetadata output) => output.IsTensor && Enum.IsDefined(typeof(TensorElementType), (int)output.ElementDataType);

    /// <summary>All results by name.</summary>
    /// <exception cref="ModelFormatException">A result was not computed.</exception>
    public static IReadOnlyDictionary<string, HostTensor> Copy(string model, string[] names, IReadOnlyList<OrtValue> values)
    {
        var outputs = new Dictionary<string, HostTensor>(names.Length, StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            OrtTensorTypeAndShapeInfo info = Info(model, names[i], values[i]);
            outputs.Add(names[i], new HostTensor((TensorElementType)(int)info.ElementDataType, info.Shape, values[i].GetTensorMutableRawData().ToArray()));
        }

        return outputs;
    }

    /// <summary>One result of float32.</summary>
    /// <returns>Number of elements.</returns>
    /// <exception cref="InvalidInputException">The result is of another type, or the destination is too short.</exception>
    /// <exception cref="ModelFormatException">The result was not computed.</exception>
    public static int CopyFloats(string model, string name, OrtValue value, Span<float> destination)
    {
        OrtTensorTypeAndShapeInfo info = Info(model, name, value);
        if (info.ElementDataType != OrtElementType.Float)
            throw new InvalidInputException($"The output '{name}' holds {(TensorElementType)(int)info.ElementDataType}, and only Float32 can be copied to floats.");
        ReadOnlySpan<float> values = value.GetTensorDataAsSpan<float>();
        if (values.Length > destination.Length)
            throw new InvalidInputException($"The output '{name}' has {values.Length} elements ([{string.Join(",", info.Shape)}]), but there is room for {destination.Length}.");
        values.CopyTo(destination);
        return values.Length;
    }

    /// <summary>A kernel may leave out what it has not computed, such as the statistics of a BatchNormalization in training.</summary>
    private static OrtTensorTypeAndShapeInfo Info(string model, string name, OrtValue value)
    {
        try
        {
            return value.GetTensorTypeAndShape();
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelFormatException($"ONNX Runtime did not compute the output '{name}' of {model}: {error.Message} Export the model again, for inference.", error);
        }
    }
}
