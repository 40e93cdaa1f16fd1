using LoraEdge.Fuzz.Tests.Mutations;
using LoraEdge.Fuzz.Tests.Seeds;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Fuzz.Tests.Cases;

/// <summary>Inputs that fit what a model declares: the seed's where they still do, others of small sizes and numbers.</summary>
internal static class GeneratedInputs
{
    private const long MaxElements = 1 << 20;

    /// <summary>A tensor for every input that tensors can be made for.</summary>
    public static Dictionary<string, Initializer> For(OnnxModel model, FuzzSeed seed, Random random)
    {
        var inputs = new Dictionary<string, Initializer>(StringComparer.Ordinal);
        var symbols = new Dictionary<string, long>(StringComparer.Ordinal);
        bool original = random.Percent(85);
        int first = random.Percent(60) ? 1 : random.Next(4);
        foreach (ValueInfo input in model.Graph.Inputs.Where(input => OnnxDataType.BitsOf(input.ElementType) >= 8))
        {
            if (original && seed.Inputs.TryGetValue(input.Name, out Initializer? value) && Fits(input, value))
                inputs[input.Name] = value;
            else if (Shape(input, symbols, first, random) is { } shape)
                inputs[input.Name] = Make(input.Name, input.ElementType, shape, random);
        }

        return inputs;
    }

    /// <summary>A tensor of small numbers.</summary>
    public static Initializer Make(string name, int type, long[] shape, Random random)
    {
        byte[] raw = new byte[shape.Aggregate(1L, (count, size) => count * size) * OnnxDataType.BitsOf(type) / 8];
        TensorValues.Fill(raw, type, random);
        return GraphBuilder.Tensor(name, type, raw, shape);
    }

    /// <summary>As the executor takes them; those of other types are left out.</summary>
    public static Dictionary<string, Tensor> ToTorch(IReadOnlyDictionary<string, Initializer> inputs) =>
        inputs.Where(input => ElementTypes.FromOnnx(input.Value.DataType) is not null).ToDictionary(input => input.Key, input => WeightTensors.Create(input.Value), StringComparer.Ordinal);

    /// <summary>As hosts give them; those of other types are left out.</summary>
    public static Dictionary<string, HostTensor> ToHost(IReadOnlyDictionary<string, Initializer> inputs) =>
        inputs.Where(input => Enum.IsDefined((TensorElementType)input.Value.DataType)).ToDictionary(input => input.Key, input => ToHost(input.Value), StringComparer.Ordinal);

    private static HostTensor ToHost(Initializer tensor) => new((TensorElementType)tensor.DataType, tensor.Dims, tensor.Data.ToArray());

    private static bool Fits(ValueInfo input, Initializer value) =>
        input.ElementType == value.DataType && (input.Shape is null || (input.Shape.Count == value.Dims.Length && input.Shape.Zip(value.Dims).All(axis => axis.First.Size is null || axis.First.Size == axis.Second)));

    private static long[]? Shape(ValueInfo input, Dictionary<string, long> symbols, int first, Random random)
    {
        if (input.Shape is null)
            return [.. Enumerable.Range(0, random.Next(4)).Select(_ => (long)random.Next(1, 4))];
        long[] shape = [.. input.Shape.Select((axis, at) => axis.Size ?? Size(axis.Symbol, at))];
        return shape.Aggregate(1.0, (count, size) => count * size) <= MaxElements ? shape : null;

        long Size(string? symbol, int at)
        {
            if (symbol is not null && symbols.TryGetValue(symbol, out long known))
                return known;
            long size = at == 0 ? first : random.Next(1, 6);
            if (symbol is not null)
                symbols[symbol] = size;
            return size;
        }
    }
}
