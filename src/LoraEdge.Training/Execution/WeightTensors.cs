using LoraEdge.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>The frozen initializers of a model as tensors, and what nodes make of them alone, made when first asked for and for all plans together.</summary>
/// <param name="placement">Where they are held, and in what; null for the default.</param>
internal sealed class WeightTensors(Placement? placement = null) : IDisposable
{
    /// <summary>Largest finite number of float16.</summary>
    private const float LargestHalf = 65504;

    private readonly Dictionary<(Initializer Initializer, bool IsNarrow), Tensor> _tensors = [];
    private readonly Dictionary<(OnnxNode Node, string Form), Tensor[]> _folded = [];

    /// <summary>Where they are held, and in what.</summary>
    public Placement Placement { get; } = placement ?? Placement.Default;

    /// <summary>The initializer's tensor, borrowed.</summary>
    public Tensor this[Initializer initializer] => Get(initializer, isNarrow: false);

    /// <summary>The tensor of a float32 initializer, rounded to the type that weights are held in; borrowed.</summary>
    public Tensor Narrow(Initializer initializer) => Get(initializer, isNarrow: true);

    /// <summary>The results of a node that reads nothing but frozen weights, and what is made of them, as new handles on shared memory.</summary>
    /// <param name="node">The node.</param>
    /// <param name="form">The types that its inputs and results are held in, which may differ between plans.</param>
    /// <param name="compute">Computes the results when they are first asked for.</param>
    public Tensor[] Folded(OnnxNode node, string form, Func<Tensor[]> compute)
    {
        if (!_folded.TryGetValue((node, form), out Tensor[]? results))
            _folded[(node, form)] = results = compute();
        return [.. results.Select(result => result.alias())];
    }

    /// <summary>A new tensor with the content of an initializer.</summary>
    /// <param name="initializer">The initializer.</param>
    /// <param name="device">Where to; null for the CPU.</param>
    /// <exception cref="ModelFormatException">Its element type is not supported, or its shape is larger than any.</exception>
    public static Tensor Create(Initializer initializer, Device? device = null)
    {
        ScalarType type = ElementTypes.OfConstant(initializer.DataType)
            ?? throw new ModelFormatException($"Initializer '{initializer.Name}' has element type {initializer.DataType}, which cannot be executed; export it as float32, float16 or an integer type.");
        // libtorch computes strides, of empty tensors too.
        if (initializer.Dims.Aggregate(1.0, (product, size) => product * Math.Max(size, 1)) > int.MaxValue)
            throw new ModelFormatException($"The tensor '{initializer.Name}' has the shape [{string.Join(",", initializer.Dims)}], which cannot be executed. The file may be damaged: fetch or export it again.");
        Tensor tensor = empty(initializer.Dims, type);
        (initializer.DataType is OnnxDataType.Int4 or OnnxDataType.UInt4 ? initializer.ToBytes() : initializer.Data.Span).CopyTo(tensor.bytes);
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
            exact.clamp_(Number.Of(-LargestHalf), Number.Of(LargestHalf));
        return Placement.Move(exact.to(Placement.WeightType), Placement.Device);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor tensor in _tensors.Values.Concat(_folded.Values.SelectMany(results => results)))
            tensor.Dispose();
        _tensors.Clear();
        _folded.Clear();
    }
}
