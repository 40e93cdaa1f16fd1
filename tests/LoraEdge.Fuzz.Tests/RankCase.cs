using Google.Protobuf;
using LoraEdge.Fuzz.Tests.Seeds;
using LoraEdge.Inference;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Fuzz.Tests;

/// <summary>A model that declares no shapes, with inputs and constants of other ranks than it was made for: no runtime can refuse it at once.</summary>
internal static class RankCase
{
    private const int MostAxes = 6;

    /// <summary>Makes the case of a number; the same for the same seed.</summary>
    public static FuzzCase Make(int seed, int index)
    {
        var random = new Random(unchecked((seed * 3_000_017) + index));
        FuzzSeed whole = SeedModels.Draw(random);
        int? most = random.Percent(40) ? random.Next(4) : null;
        Dictionary<string, HostTensor> inputs = GeneratedInputs.For(OnnxModel.Parse(whole.Model, "seed"), whole, random)
            .ToDictionary(input => input.Key, input => Changed(input.Value, most, random), StringComparer.Ordinal);
        byte[] model = Changed(ModelProto.Parser.ParseFrom(whole.Model), most, random);
        return new FuzzCase($"{whole.Name}: {string.Join(" ", inputs.Select(input => $"{input.Key}[{string.Join(",", input.Value.Shape)}]"))}", Stages(model, inputs));
    }

    private static IEnumerable<(string Name, Action Run)> Stages(byte[] bytes, Dictionary<string, HostTensor> inputs)
    {
        OnnxModel? model = null;
        MergedSession? session = null;
        yield return ("parse", () => model = OnnxModel.Parse(bytes, "fuzz"));
        if (model is null)
            yield break;
        yield return ("execute", () => InputCase.Execute(model, inputs));
        yield return ("open", () => session = new MergedSession(model));
        if (session is null)
            yield break;
        yield return ("serve", () => session.Run(inputs));
        session.Dispose();
    }

    private static HostTensor Changed(HostTensor tensor, int? most, Random random)
    {
        long[] dims = Dims(tensor.Shape, most, random);
        return tensor.Count == 0 ? tensor : new HostTensor(tensor.ElementType, dims, tensor.Bytes[..(int)(Count(dims) * HostTensor.SizeOf(tensor.ElementType))]);
    }

    private static byte[] Changed(ModelProto model, int? most, Random random)
    {
        foreach (ValueInfoProto value in model.Graph.Input.Concat(model.Graph.Output).Where(value => value.Type?.TensorType is not null))
            value.Type.TensorType.Shape = null;
        model.Graph.ValueInfo.Clear();
        for (int i = 0; i < model.Graph.Initializer.Count; i++)
        {
            var constant = new Initializer(model.Graph.Initializer[i]);
            long[] dims = Dims(constant.Dims, most, random);
            if (constant.Count > 0 && constant.Data.Length % constant.Count == 0)
                model.Graph.Initializer[i] = GraphBuilder.Tensor(constant.Name, constant.DataType, constant.Data[..(int)(Count(dims) * (constant.Data.Length / constant.Count))].ToArray(), dims).Proto;
        }

        return model.ToByteArray();
    }

    /// <summary>The first axes of some, or axes of size 1 behind all of them; the same limit for all of a case, or a draw for each.</summary>
    private static long[] Dims(long[] dims, int? most, Random random)
    {
        int rank = most is { } limit ? Math.Min(limit, dims.Length) : random.Percent(30) ? random.Next(MostAxes) : dims.Length;
        return [.. Enumerable.Range(0, rank).Select(axis => axis < dims.Length ? dims[axis] : 1)];
    }

    private static long Count(long[] dims) => dims.Aggregate(1L, (count, size) => count * size);
}
