using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Training.Tests;

/// <summary>ONNX Runtime on the CPU: what the executor is compared with.</summary>
internal static class OnnxRuntimeReference
{
    /// <summary>Runs a model.</summary>
    /// <returns>The model's outputs by name.</returns>
    public static Dictionary<string, HostTensor> Run(OnnxModel model, IReadOnlyDictionary<string, HostTensor> inputs) => Run(model.ToBytes(), inputs);

    /// <summary>Runs the content of an <c>.onnx</c> file.</summary>
    /// <returns>The model's outputs by name.</returns>
    public static Dictionary<string, HostTensor> Run(byte[] model, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(model, options);
        using var run = new RunOptions();
        OrtValue[] values = [.. inputs.Values.Select(ToOrt)];
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, [.. inputs.Keys], values, session.OutputNames);
            return session.OutputNames.Zip(results).ToDictionary(pair => pair.First, pair => ToHost(pair.Second));
        }
        finally
        {
            foreach (OrtValue value in values)
                value.Dispose();
        }
    }

    private static OrtValue ToOrt(HostTensor tensor)
    {
        var element = (Microsoft.ML.OnnxRuntime.Tensors.TensorElementType)(int)tensor.ElementType;
        OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, element, tensor.Shape);
        tensor.Bytes.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    private static HostTensor ToHost(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        var type = (TensorElementType)(int)info.ElementDataType;
        int length = (int)info.ElementCount * HostTensor.SizeOf(type);
        return new HostTensor(type, info.Shape, value.GetTensorMutableRawData()[..length].ToArray());
    }
}
