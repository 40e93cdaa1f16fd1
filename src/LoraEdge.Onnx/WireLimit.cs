using Google.Protobuf.Reflection;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// Counts the parts of a file before it is parsed. An empty message takes 2 bytes in the file and some 300 in memory, so
/// without a limit a file of 100 MB could ask for 15 GB.
/// </summary>
internal static class WireLimit
{
    /// <summary>Nodes, tensors, names, attributes and so on. Models of a hundred thousand nodes have about two million.</summary>
    public const int MaxParts = 4_000_000;

    private const int MaxDepth = 100;

    /// <summary>Refuses a file with more parts than any model needs.</summary>
    /// <exception cref="ModelFormatException">There are more than <see cref="MaxParts"/>, or the file has protobuf groups, which ONNX does not use.</exception>
    public static void Check(ReadOnlySpan<byte> bytes, string model)
    {
        int left = MaxParts;
        Count(bytes, ModelProto.Descriptor, MaxDepth, ref left, model);
    }

    // Returns early where the bytes make no sense: the parser stops at the same place and reports it.
    private static void Count(ReadOnlySpan<byte> bytes, MessageDescriptor message, int depth, ref int left, string model)
    {
        while (TryReadVarint(ref bytes, out ulong tag))
        {
            FieldDescriptor? field = message.FindFieldByNumber((int)(tag >> 3));
            ulong length;
            switch (tag & 7)
            {
                case 0:
                    length = 0;
                    if (!TryReadVarint(ref bytes, out _))
                        return;
                    break;
                case 1:
                    length = 8;
                    break;
                case 2:
                    if (!TryReadVarint(ref bytes, out length))
                        return;
                    break;
                case 5:
                    length = 4;
                    break;
                default:
                    throw new ModelFormatException($"{model} is not an ONNX model or is damaged: it has a protobuf field of wire type {tag & 7}. Fetch or export it again.");
            }

            if ((field is null || (tag & 7) == 2) && --left < 0)
                throw new ModelFormatException($"{model} has more than {MaxParts} nodes, names and other parts, more than LoraEdge reads. Check that this is the right file.");
            if (length > (ulong)bytes.Length)
                return;
            if ((tag & 7) == 2 && field?.FieldType == FieldType.Message && depth > 0)
                Count(bytes.Slice(0, (int)length), field.MessageType, depth - 1, ref left, model);
            bytes = bytes.Slice((int)length);
        }
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < 10 && i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] >= 0x80)
                continue;
            bytes = bytes.Slice(i + 1);
            return true;
        }

        return false;
    }
}
