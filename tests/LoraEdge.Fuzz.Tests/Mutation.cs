using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Fuzz.Tests;

/// <summary>Damages a model: its bytes, or its graph.</summary>
internal static class Mutation
{
    /// <summary>The damaged bytes, and what was done.</summary>
    public static (byte[] Bytes, string How) Of(byte[] model, Random random)
    {
        if (random.Next(6) == 0)
            return ByteMutation.Apply((byte[])model.Clone(), random);
        ModelProto proto = ModelProto.Parser.ParseFrom(model);
        string[] how = [.. Enumerable.Range(0, 1 + random.Next(1 + random.Next(3))).Select(_ => GraphMutation.Apply(proto, random))];
        return (proto.ToByteArray(), string.Join(", ", how));
    }
}
