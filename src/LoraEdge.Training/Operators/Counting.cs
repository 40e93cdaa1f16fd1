using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>The integers from 0 on. TorchSharp's short forms of arange make their start and their step inside.</summary>
internal static class Counting
{
    /// <summary>All integers from 0 that are below an end.</summary>
    public static Tensor Below(long end, ScalarType type, Device device) => arange(Number.Of(0), Number.Of(end), Number.One, type, device);
}
