using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests;

/// <summary>Carries tensors between managed memory and libtorch.</summary>
internal static class TorchTensors
{
    /// <summary>A copy in libtorch.</summary>
    public static Tensor ToTorch(this HostTensor tensor)
    {
        Tensor copy = empty(tensor.Shape, TypeOf(tensor.ElementType));
        if (tensor.Count > 0)
            tensor.Bytes.CopyTo(copy.bytes);
        return copy;
    }

    /// <summary>Copies in libtorch, by name; on the CPU unless another device is named.</summary>
    public static Dictionary<string, Tensor> ToTorch(this IReadOnlyDictionary<string, HostTensor> tensors, Device? device = null) =>
        tensors.ToDictionary(pair => pair.Key, pair => Placement.Move(pair.Value.ToTorch(), device ?? CPU));

    /// <summary>A copy in managed memory.</summary>
    public static HostTensor ToHost(this Tensor tensor)
    {
        using Tensor local = tensor.cpu(), packed = local.contiguous();
        return new HostTensor(TypeOf(tensor.dtype), tensor.shape, packed.numel() > 0 ? packed.bytes.ToArray() : []);
    }

    /// <summary>Copies the floats of a tensor.</summary>
    public static float[] ToFloats(this Tensor tensor) => tensor.ToHost().AsSpan<float>().ToArray();

    /// <summary>Copies the floats of a tensor that is not needed any more.</summary>
    public static float[] ToFloatsAndDispose(this Tensor tensor)
    {
        using (tensor)
            return tensor.ToFloats();
    }

    /// <summary>Disposes all of them.</summary>
    public static void DisposeAll(this IEnumerable<Tensor> tensors)
    {
        foreach (Tensor tensor in tensors)
            tensor.Dispose();
    }

    private static ScalarType TypeOf(TensorElementType type) => type switch
    {
        TensorElementType.Float32 => ScalarType.Float32,
        TensorElementType.Float16 => ScalarType.Float16,
        TensorElementType.Int64 => ScalarType.Int64,
        TensorElementType.Int32 => ScalarType.Int32,
        TensorElementType.Int8 => ScalarType.Int8,
        TensorElementType.UInt8 => ScalarType.Byte,
        _ => ScalarType.Bool,
    };

    private static TensorElementType TypeOf(ScalarType type) =>
        Enum.GetValues<TensorElementType>().First(candidate => TypeOf(candidate) == type);
}
