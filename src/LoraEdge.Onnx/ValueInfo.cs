using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>An input or output of a graph as the model declares it.</summary>
public sealed class ValueInfo
{
    internal ValueInfo(ValueInfoProto proto)
    {
        Name = proto.Name;
        TypeProto.Types.Tensor? tensor = proto.Type?.TensorType;
        ElementType = tensor?.ElemType ?? 0;
        Shape = tensor?.Shape?.Dim.Select(ToDimension).ToArray();
    }

    /// <summary>Name of the value.</summary>
    public string Name { get; }

    /// <summary>ONNX <c>TensorProto.DataType</c> number (see <see cref="OnnxDataType"/>); 0 when it is not a tensor or not declared.</summary>
    public int ElementType { get; }

    /// <summary>The declared axes; empty for a scalar, null when not even the rank is declared.</summary>
    public IReadOnlyList<Dimension>? Shape { get; }

    // Exporters write -1 for "any size" although the specification has symbols for that.
    private static Dimension ToDimension(TensorShapeProto.Types.Dimension dimension) => dimension.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue when dimension.DimValue >= 0 => dimension.DimValue,
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam when dimension.DimParam.Length > 0 => dimension.DimParam,
        _ => default,
    };
}
