using System.Runtime.InteropServices;

namespace LoraEdge.Fuzz.Tests;

/// <summary>Inputs as a careless or hostile host passes them.</summary>
internal static class InputMutation
{
    private static readonly string[] s_ways = ["shape", "open sizes", "open sizes", "rank", "type", "name", "missing", "added", "nothing", "NaN", "indices", "indices", "indices", "empty", "huge", "bytes", "null"];

    /// <summary>A way to be wrong.</summary>
    public static string Choose(Random random) => s_ways[random.Next(s_ways.Length)];

    /// <summary>Changes inputs in that way.</summary>
    public static Dictionary<string, HostTensor> Apply(string how, IReadOnlyDictionary<string, HostTensor> right, Random random)
    {
        var inputs = right.ToDictionary(input => input.Key, input => input.Value, StringComparer.Ordinal);
        if (inputs.Count == 0 || how == "nothing")
            return [];
        string name = inputs.Keys.ElementAt(random.Next(inputs.Count));
        HostTensor tensor = inputs[name];
        switch (how)
        {
            case "name":
                inputs.Remove(name);
                inputs.Add(name + "x", tensor);
                break;
            case "missing":
                inputs.Remove(name);
                break;
            case "added":
                inputs.Add("unknown", tensor);
                break;
            case "null":
                inputs[name] = null!;
                break;
            case "bytes":
                inputs[name] = new HostTensor(tensor.ElementType, tensor.Shape, new byte[tensor.Bytes.Length + 1]);
                break;
            case "huge":
                inputs[name] = new HostTensor(tensor.ElementType, [.. tensor.Shape.Select(_ => random.Integer()), random.Integer()], [1, 2, 3, 4]);
                break;
            case "NaN" or "indices":
                foreach (string each in inputs.Keys.ToArray())
                    inputs[each] = Filled(inputs[each], random);
                break;
            case "type":
                inputs[name] = Zeros(random.Any(Enum.GetValues<TensorElementType>()), tensor.Shape);
                break;
            case "empty":
                inputs[name] = Zeros(tensor.ElementType, [.. tensor.Shape.Select((size, axis) => axis == 0 || random.Next(3) == 0 ? 0 : size)]);
                break;
            case "rank":
                inputs[name] = Zeros(tensor.ElementType, random.Next(2) == 0 ? [1, .. tensor.Shape] : [.. tensor.Shape.Skip(1)]);
                break;
            default:
                inputs[name] = Zeros(tensor.ElementType, [.. tensor.Shape.Select(size => random.Next(2) == 0 ? random.Next(1, 40) : size)]);
                break;
        }

        return inputs;
    }

    private static HostTensor Zeros(TensorElementType type, long[] shape) =>
        new(type, shape, new byte[shape.Aggregate(1L, (product, size) => product * size) * HostTensor.SizeOf(type)]);

    private static HostTensor Filled(HostTensor tensor, Random random)
    {
        var bytes = (byte[])tensor.Bytes.Clone();
        float[] floats = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.Epsilon];
        switch (tensor.ElementType)
        {
            case TensorElementType.Float32:
                MemoryMarshal.Cast<byte, float>(bytes.AsSpan()).Fill(floats[random.Next(floats.Length)]);
                break;
            case TensorElementType.Int64:
                MemoryMarshal.Cast<byte, long>(bytes.AsSpan()).Fill(random.Integer());
                break;
            case TensorElementType.Int32:
                MemoryMarshal.Cast<byte, int>(bytes.AsSpan()).Fill(unchecked((int)random.Integer()));
                break;
            case not TensorElementType.Boolean:
                random.NextBytes(bytes);
                break;
        }

        return new HostTensor(tensor.ElementType, tensor.Shape, bytes);
    }
}
