using LoraEdge.Fuzz.Tests.Mutations;
using LoraEdge.Fuzz.Tests.Seeds;

namespace LoraEdge.Fuzz.Tests;

/// <summary>Inputs that fit what a model declares: the seed's where they still do, others of small sizes and numbers.</summary>
internal static class GeneratedInputs
{
    private const long MaxElements = 1 << 20;

    /// <summary>A tensor for every input that a host can make one for.</summary>
    public static Dictionary<string, HostTensor> For(OnnxModel model, FuzzSeed seed, Random random)
    {
        var inputs = new Dictionary<string, HostTensor>(StringComparer.Ordinal);
        var symbols = new Dictionary<string, long>(StringComparer.Ordinal);
        bool original = random.Percent(85);
        int first = random.Percent(60) ? 1 : random.Next(4);
        foreach (ValueInfo input in model.Graph.Inputs.Where(input => Enum.IsDefined((TensorElementType)input.ElementType)))
        {
            if (original && seed.Inputs.TryGetValue(input.Name, out Initializer? value) && Fits(input, value))
                inputs[input.Name] = new HostTensor((TensorElementType)value.DataType, value.Dims, value.Data.ToArray());
            else if (Shape(input, symbols, first, random) is { } shape)
                inputs[input.Name] = Make((TensorElementType)input.ElementType, shape, random);
        }

        return inputs;
    }

    private static HostTensor Make(TensorElementType type, long[] shape, Random random)
    {
        byte[] raw = new byte[shape.Aggregate(1L, (count, size) => count * size) * HostTensor.SizeOf(type)];
        TensorValues.Fill(raw, (int)type, random);
        return new HostTensor(type, shape, raw);
    }

    private static bool Fits(ValueInfo input, Initializer value) =>
        input.ElementType == value.DataType && (input.Shape is null || (input.Shape.Count == value.Dims.Length && input.Shape.Zip(value.Dims).All(axis => axis.First.Size is null || axis.First.Size == axis.Second)));

    private static long[]? Shape(ValueInfo input, Dictionary<string, long> symbols, int first, Random random)
    {
        if (input.Shape is null)
            return [.. Enumerable.Range(0, random.Next(4)).Select(_ => (long)random.Next(1, 4))];
        long[] shape = [.. input.Shape.Select((axis, at) => axis.Size ?? Size(axis.Symbol, at))];
        return shape.Length <= 64 && shape.Aggregate(1.0, (count, size) => count * Math.Max(1, size)) <= MaxElements ? shape : null;

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
