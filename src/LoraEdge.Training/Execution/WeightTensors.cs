using LoraEdge.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>The frozen initializers of a model as tensors, made when first asked for.</summary>
internal sealed class WeightTensors : IDisposable
{
    private readonly Dictionary<Initializer, Tensor> _tensors = [];

    /// <summary>The initializer's tensor, borrowed.</summary>
    public Tensor this[Initializer initializer]
    {
        get
        {
            if (!_tensors.TryGetValue(initializer, out Tensor? tensor))
                _tensors[initializer] = tensor = Create(initializer);
            return tensor;
        }
    }

    /// <summary>A new tensor with the content of an initializer.</summary>
    /// <exception cref="ModelFormatException">Its element type is not supported.</exception>
    public static Tensor Create(Initializer initializer)
    {
        ScalarType type = ElementTypes.FromOnnx(initializer.DataType)
            ?? throw new ModelFormatException($"Initializer '{initializer.Name}' has element type {initializer.DataType}, which cannot be executed; export it as float32, float16 or an integer type.");
        Tensor tensor = empty(initializer.Dims, type);
        initializer.Data.Span.CopyTo(tensor.bytes);
        return tensor;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor tensor in _tensors.Values)
            tensor.Dispose();
        _tensors.Clear();
    }
}
