using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using OrtElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace LoraEdge.Inference;

/// <summary>
/// Tensors as ONNX Runtime sees them: no copy, the managed arrays are pinned until this is disposed. What a run returns may
/// lie in the memory of its inputs (a model that passes one on), so it is read before.
/// </summary>
internal sealed class BoundTensors : IDisposable
{
    private readonly List<GCHandle> _pins = [];
    private readonly List<OrtValue> _values = [];

    /// <summary>Binds tensors; inputs are such that <see cref="ModelInputs.Require"/> has accepted.</summary>
    public BoundTensors(IReadOnlyDictionary<string, HostTensor> tensors)
    {
        Names = [.. tensors.Keys];
        try
        {
            foreach (string name in Names)
                Bind(tensors[name]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Names, in the order of <see cref="Values"/>.</summary>
    public string[] Names { get; }

    /// <summary>The tensors, borrowed.</summary>
    public IReadOnlyList<OrtValue> Values => _values;

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (OrtValue value in _values)
            value.Dispose();
        foreach (GCHandle pin in _pins)
            pin.Free();
    }

    private void Bind(HostTensor tensor)
    {
        GCHandle pin = GCHandle.Alloc(tensor.Bytes, GCHandleType.Pinned);
        _pins.Add(pin);

        // Both element types have the numbers of ONNX's TensorProto.DataType.
        _values.Add(OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, (OrtElementType)(int)tensor.ElementType, tensor.Shape, pin.AddrOfPinnedObject(), tensor.Bytes.LongLength));
    }
}
