using Microsoft.ML.OnnxRuntime;
using OrtElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace LoraEdge.Inference;

/// <summary>Copies results out of ONNX Runtime's memory.</summary>
internal static class OutputTensors
{
    /// <summary>Whether a <see cref="HostTensor"/> can hold an output.</summary>
    public static bool CanHold(NodeMetadata output) => output.IsTensor && Enum.IsDefined(typeof(TensorElementType), (int)output.ElementDataType);

    /// <summary>All results by name.</summary>
    public static IReadOnlyDictionary<string, HostTensor> Copy(string[] names, IReadOnlyList<OrtValue> values)
    {
        var outputs = new Dictionary<string, HostTensor>(names.Length, StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            OrtTensorTypeAndShapeInfo info = values[i].GetTensorTypeAndShape();
            outputs.Add(names[i], new HostTensor((TensorElementType)(int)info.ElementDataType, info.Shape, values[i].GetTensorMutableRawData().ToArray()));
        }

        return outputs;
    }

    /// <summary>One result of float32.</summary>
    /// <returns>Number of elements.</returns>
    /// <exception cref="InvalidInputException">The result is of another type, or the destination is too short.</exception>
    public static int CopyFloats(string name, OrtValue value, Span<float> destination)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        if (info.ElementDataType != OrtElementType.Float)
            throw new InvalidInputException($"The output '{name}' holds {(TensorElementType)(int)info.ElementDataType}, and only Float32 can be copied to floats.");
        ReadOnlySpan<float> values = value.GetTensorDataAsSpan<float>();
        if (values.Length > destination.Length)
            throw new InvalidInputException($"The output '{name}' has {values.Length} elements ([{string.Join(",", info.Shape)}]), but there is room for {destination.Length}.");
        values.CopyTo(destination);
        return values.Length;
    }
}
