using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Half precision is too coarse for sums, and libtorch lacks it for some operations on the CPU.</summary>
internal static class HalfPrecision
{
    /// <summary>The tensor in fp32 where it is in half precision; else a new handle of it.</summary>
    public static Tensor Widen(Tensor x) => x.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? x.to(ScalarType.Float32) : x.alias();
}
