using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>Finds where the elements of initializers lie in the content of an <c>.onnx</c> file.</summary>
internal static class InitializerPlaces
{
    /// <summary>Walks the fields of the file; nothing is copied but names.</summary>
    /// <param name="bytes">The content, as <see cref="OnnxModel.ToBytes()"/> wrote it.</param>
    /// <param name="initializers">The model's initializers.</param>
    /// <returns>Index of the first byte of each that is stored raw, by name.</returns>
    public static Dictionary<string, int> Find(byte[] bytes, IReadOnlyDictionary<string, Initializer> initializers)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var input = new CodedInputStream(bytes);
        foreach (long graph in Messages(input, bytes.Length, ModelProto.GraphFieldNumber))
        {
            foreach (long tensor in Messages(input, graph, GraphProto.InitializerFieldNumber))
            {
                (string name, long end) = ReadTensor(input, tensor);
                ReadOnlySpan<byte> data = initializers[name].Data.Span;
                int start = (int)end - data.Length;
                if (data.Length > 0 && start > 0 && bytes.AsSpan(start, data.Length).SequenceEqual(data))
                    places[name] = start;
            }
        }

        return places;
    }

    // Where each of the messages in a field ends; who enumerates has read to there before the next.
    private static IEnumerable<long> Messages(CodedInputStream input, long end, int field)
    {
        while (input.Position < end)
        {
            if (WireFormat.GetTagFieldNumber(input.ReadTag()) == field)
                yield return input.ReadLength() + input.Position;
            else
                input.SkipLastField();
        }
    }

    private static (string Name, long DataEnd) ReadTensor(CodedInputStream input, long end)
    {
        (string name, long dataEnd) = ("", 0);
        while (input.Position < end)
        {
            int field = WireFormat.GetTagFieldNumber(input.ReadTag());
            if (field == TensorProto.NameFieldNumber)
            {
                name = input.ReadString();
                continue;
            }

            input.SkipLastField();
            if (field == TensorProto.RawDataFieldNumber)
                dataEnd = input.Position;
        }

        return (name, dataEnd);
    }
}
