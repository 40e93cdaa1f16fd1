namespace LoraEdge;

/// <summary>Element types of tensors that a host exchanges with a model. The numbers are those of ONNX <c>TensorProto.DataType</c>.</summary>
public enum TensorElementType
{
    /// <summary>32-bit IEEE 754 float.</summary>
    Float32 = 1,

    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8 = 2,

    /// <summary>Signed 8-bit integer.</summary>
    Int8 = 3,

    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 6,

    /// <summary>Signed 64-bit integer.</summary>
    Int64 = 7,

    /// <summary>One byte per element, 0 or 1.</summary>
    Boolean = 9,

    /// <summary>16-bit IEEE 754 float.</summary>
    Float16 = 10,
}
