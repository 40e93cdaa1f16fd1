using LoraEdge.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>The frozen initializers of a model as tensors, made when first asked for.</summary>
/// <param name="placement">Where they are held, and in what; null for the default.</param>
internal sealed class WeightTensors(Placement? placement = null) : IDisposable
{
    /// <summary>Largest finite number of float16.</summary>
    private const float LargestHalf = 65504;

    private readonly Dictionary<(Initializer Initializer, bool IsNarrow), Tensor> _tensors = [];

    /// <summary>Where they are held, and in what.</summary>
    public Placement Placement { get; } = placement ?? Placement.Default;

    /// <summary>The initializer's tensor, borrowed.</summary>
    public Tensor this[Initializer initializer] => Get(initializer, isNarrow: false);

    /// <summary>The tensor of a float32 initializer, rounded to the type that weights are held in; borrowed.</summary>
    public Tensor Narrow(Initializer initializer) => Get(initializer, isNarrow: true);

    /// <summary>A new tensor with the content of an initializer.</summary>
    /// <param name="initializer">The initializer.</param>
    /// <param name="device">Where to; null for the CPU.</param>
    /// <exception cref="ModelFormatException">Its element type is not supported, or its shape is larger than any.</exception>
    public static Tensor Create(Initializer initializer, Device? device = null)
    {
        ScalarType type = ElementTypes.FromOnnx(initializer.DataType)
            ?? throw new ModelFormatException($"Initializer '{initializer.Name}' has element type {initializer.DataType}, which cannot be executed; export it as float32, float16 or an integer type.");
        // libtorch computes strides, of empty tensors too.
        if (initializer.Dims.Aggregate(1.0, (product, size) => product * Math.Max(size, 1)) > int.MaxValue)
            throw new ModelFormatException($"The tensor '{initializer.Name}' has the shape [{string.Join(",", initializer.Dims)}], which cannot be executed. The file may be damaged: fetch or export it again.");
        Tensor tensor = empty(initializer.Dims, type);
        initializer.Data.Span.CopyTo(tensor.bytes);
        return Placement.Move(tensor, device ?? CPU);
    }

    private Tensor Get(Initializer initializer, bool isNarrow)
    {
        if (!_tensors.TryGetValue((initializer, isNarrow), out Tensor? tensor))
            _tensors[(initializer, isNarrow)] = tensor = isNarrow ? Round(initializer) : Create(initializer, Placement.Device);
        return tensor;
    }

    private Tensor Round(Initializer initializer)
    {
        using Tensor exact = Create(initializer);
        if (Placement.WeightType == ScalarType.Float16)
            exact.clamp_(-LargestHalf, LargestHalf);
        return Placement.Move(exact.to(Placement.WeightType), Placement.Device);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor tensor in _tensors.Values)
            tensor.Dispose();
        _tensors.Clear();
    }
}
