using Google.Protobuf;
using Google.Protobuf.Collections;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Fuzz.Tests;

/// <summary>Damage to attributes.</summary>
internal static class AttributeMutation
{
    private static readonly float[] s_floats = [0, -1, 1e30f, float.NaN, float.PositiveInfinity, 1e-30f, 3];
    private static readonly string[] s_texts = ["", "reflect", "constant", "wrap", "linear", "cubic", "bilinear", "VALID", "SAME_UPPER", "sum", "half_pixel", "reverse", "ij,jk->ik", "...ij->ji", "i->"];

    public static string? Change(ModelProto model, Random random)
    {
        if (Pick(model, random, out NodeProto? node) is not { } attribute)
            return null;
        switch (attribute.Kind())
        {
            case AttributeKind.Int:
                attribute.I = random.Integer();
                break;
            case AttributeKind.Float:
                attribute.F = s_floats[random.Next(s_floats.Length)];
                break;
            case AttributeKind.String:
                attribute.S = ByteString.CopyFromUtf8(s_texts[random.Next(s_texts.Length)]);
                break;
            case AttributeKind.Ints:
                ChangeOneOf(attribute.Ints, random);
                break;
            default:
                attribute.Type = random.Next(16);
                break;
        }

        return $"{attribute.Name} of {node!.OpType} changed";
    }

    public static string? Remove(ModelProto model, Random random)
    {
        if (Pick(model, random, out NodeProto? node) is not { } attribute)
            return null;
        node!.Attribute.Remove(attribute);
        return $"{attribute.Name} of {node.OpType} taken out";
    }

    /// <summary>Gives a node another one's attribute, or one of its own twice.</summary>
    public static string? Copy(ModelProto model, Random random)
    {
        if (Pick(model, random, out _) is not { } attribute || random.Any(model.Graph.Node) is not { } node)
            return null;
        node.Attribute.Add(attribute.Clone());
        return $"{node.OpType} with {attribute.Name}";
    }

    private static AttributeProto? Pick(ModelProto model, Random random, out NodeProto? node)
    {
        node = random.Any([.. model.Graph.Node.Where(candidate => candidate.Attribute.Count > 0)]);
        return node is null ? null : random.Any(node.Attribute);
    }

    private static void ChangeOneOf(RepeatedField<long> list, Random random)
    {
        if (list.Count == 0 || random.Next(6) == 0)
            list.Add(random.Integer());
        else if (random.Next(6) == 0)
            list.RemoveAt(random.Next(list.Count));
        else
            list[random.Next(list.Count)] = random.Integer();
    }
}
