using LoraEdge.Onnx;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>ONNX element types as libtorch knows them.</summary>
internal static class ElementTypes
{
    /// <summary>The type of an ONNX <c>TensorProto.DataType</c>, or null when libtorch or LoraEdge lacks it.</summary>
    public static ScalarType? FromOnnx(int dataType) => dataType switch
    {
        OnnxDataType.Float => ScalarType.Float32,
        OnnxDataType.Double => ScalarType.Float64,
        OnnxDataType.Float16 => ScalarType.Float16,
        OnnxDataType.BFloat16 => ScalarType.BFloat16,
        OnnxDataType.Int64 => ScalarType.Int64,
        OnnxDataType.Int32 => ScalarType.Int32,
        OnnxDataType.Int16 => ScalarType.Int16,
        OnnxDataType.Int8 => ScalarType.Int8,
        OnnxDataType.UInt8 => ScalarType.Byte,
        OnnxDataType.Bool => ScalarType.Bool,
        _ => null,
    };

    /// <summary>The type in which a constant is held: as <see cref="FromOnnx"/>, and integers of 4 bits one to a byte.</summary>
    public static ScalarType? OfConstant(int dataType) => dataType switch
    {
        OnnxDataType.Int4 => ScalarType.Int8,
        OnnxDataType.UInt4 => ScalarType.Byte,
        _ => FromOnnx(dataType),
    };
}
