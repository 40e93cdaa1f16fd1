using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>Carries tensors between managed memory and libtorch.</summary>
internal static class HostTensors
{
    /// <summary>A copy in libtorch.</summary>
    public static Tensor ToTorch(HostTensor tensor)
    {
        Tensor copy = empty(tensor.Shape, ElementTypes.FromOnnx((int)tensor.ElementType)!.Value);
        if (tensor.Count > 0)
            tensor.Bytes.CopyTo(copy.bytes);
        return copy;
    }

    /// <summary>A copy in managed memory; null when a host's tensor cannot hold the type.</summary>
    public static HostTensor? ToHost(Tensor tensor)
    {
        if (TypeOf(tensor.dtype) is not { } type)
            return null;
        using Tensor packed = tensor.contiguous();
        return new HostTensor(type, tensor.shape, packed.numel() > 0 ? packed.bytes.ToArray() : []);
    }

    private static TensorElementType? TypeOf(ScalarType type) => type switch
    {
        ScalarType.Float32 => TensorElementType.Float32,
        ScalarType.Float16 => TensorElementType.Float16,
        ScalarType.Int64 => TensorElementType.Int64,
        ScalarType.Int32 => TensorElementType.Int32,
        ScalarType.Int8 => TensorElementType.Int8,
        ScalarType.Byte => TensorElementType.UInt8,
        ScalarType.Bool => TensorElementType.Boolean,
        _ => null,
    };
}
