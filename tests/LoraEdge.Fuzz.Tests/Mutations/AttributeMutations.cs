using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Fuzz.Tests.Mutations;

/// <summary>Attributes with other values and kinds than their operators expect, and without them.</summary>
internal static class AttributeMutations
{
    private static readonly string[] s_texts =
        ["", "SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET", "constant", "reflect", "edge", "wrap", "linear", "cubic", "nearest", "add", "mul", "max", "min", "none", "mean", "sum",
         "forward", "reverse", "bidirectional", "Sigmoid", "Tanh", "Relu", "Affine", "half_pixel", "align_corners", "asymmetric", "tf_crop_and_resize", "floor", "ceil", "DCR", "CRD",
         "LEFT", "RIGHT", "tanh", "bij,jk->bik", "ii->i", "...i->...", "ij->ijij", "bilinear", "zeros", "border", "reflection", "\ud83d\ude00"];

    private static readonly string[] s_names =
        ["axis", "axes", "perm", "keepdims", "kernel_shape", "strides", "pads", "dilations", "group", "alpha", "beta", "transA", "transB", "to", "mode", "num_heads", "hidden_size", "value",
         "shape", "blocksize", "epsilon", "p", "direction", "equation", "num_outputs", "batch_dims", "sample_size", "output_shape", "output_padding", "ceil_mode", "block_size", "layout", "dtype",
         "is_causal", "kv_num_heads", "q_num_heads", "training_mode", "fmod", "exclusive", "largest", "k", "starts", "ends", "split", "num_groups", "auto_pad", "scale", "softcap", "storage_order"];

    /// <summary>Another value, or another kind of value.</summary>
    public static void Change(ModelProto model, Random random)
    {
        if (Parts.Node(model, random) is not { Attribute.Count: > 0 } node)
            return;
        AttributeProto attribute = random.Pick(node.Attribute);
        if (random.Percent(10))
            Fill(attribute, (AttributeKind)random.Next(1, 9), random);
        else
            Fill(attribute, attribute.Kind(), random);
    }

    /// <summary>Leaves one out, or repeats one.</summary>
    public static void Remove(ModelProto model, Random random)
    {
        if (Parts.Node(model, random) is not { Attribute.Count: > 0 } node)
            return;
        if (random.Percent(85))
            node.Attribute.RemoveAt(random.Next(node.Attribute.Count));
        else
            node.Attribute.Add(random.Pick(node.Attribute).Clone());
    }

    /// <summary>Adds one that the operator may or may not know.</summary>
    public static void Add(ModelProto model, Random random)
    {
        if (Parts.Node(model, random) is not { } node)
            return;
        var attribute = new AttributeProto { Name = random.Pick(s_names) };
        Fill(attribute, random.Pick([AttributeKind.Int, AttributeKind.Int, AttributeKind.Ints, AttributeKind.Float, AttributeKind.String]), random);
        node.Attribute.Add(attribute);
    }

    private static void Fill(AttributeProto attribute, AttributeKind kind, Random random)
    {
        attribute.Type = (int)kind;
        switch (kind)
        {
            case AttributeKind.Int:
                attribute.I = random.OddInteger();
                break;
            case AttributeKind.Float:
                attribute.F = random.OddFloat();
                break;
            case AttributeKind.String:
                attribute.S = random.Percent(90) ? ByteString.CopyFromUtf8(random.Pick(s_texts)) : ByteString.CopyFrom([0xFF, 0, 0xC0]);
                break;
            case AttributeKind.Ints:
                ListMutations.Change(attribute.Ints, random, random.OddInteger);
                break;
            case AttributeKind.Floats:
                ListMutations.Change(attribute.Floats, random, random.OddFloat);
                break;
            case AttributeKind.Strings:
                ListMutations.Change(attribute.Strings, random, () => ByteString.CopyFromUtf8(random.Pick(s_texts)));
                break;
            case AttributeKind.Tensor when attribute.T is { } tensor:
                TensorMutations.Change(tensor, random);
                break;
        }
    }
}
