using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>ONNX <c>AttributeProto.AttributeType</c>.</summary>
internal enum AttributeKind
{
    Undefined = 0,
    Float = 1,
    Int = 2,
    String = 3,
    Tensor = 4,
    Graph = 5,
    Floats = 6,
    Ints = 7,
    Strings = 8,
    Tensors = 9,
    Graphs = 10,
    SparseTensor = 11,
    SparseTensors = 12,
    Type = 13,
    Types = 14,
}

/// <summary>Tells what an attribute holds.</summary>
internal static class AttributeKinds
{
    /// <summary>The declared kind; for models older than IR version 3, which declare none, the kind of the field that is set.</summary>
    public static AttributeKind Kind(this AttributeProto attribute)
    {
        if (attribute.Type != 0)
            return (AttributeKind)attribute.Type;
        if (attribute.HasF) return AttributeKind.Float;
        if (attribute.HasI) return AttributeKind.Int;
        if (attribute.HasS) return AttributeKind.String;
        if (attribute.T is not null) return AttributeKind.Tensor;
        if (attribute.G is not null) return AttributeKind.Graph;
        if (attribute.Floats.Count > 0) return AttributeKind.Floats;
        if (attribute.Ints.Count > 0) return AttributeKind.Ints;
        if (attribute.Strings.Count > 0) return AttributeKind.Strings;
        if (attribute.Tensors.Count > 0) return AttributeKind.Tensors;
        return attribute.Graphs.Count > 0 ? AttributeKind.Graphs : AttributeKind.Undefined;
    }
}
