using TorchSharp;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Numbers that are handed to libtorch again and again. TorchSharp makes one for each call that is given none and keeps it
/// alive no longer than until its handle was read: a garbage collection that another thread starts frees it under the call,
/// which then reads what is no number any more.
/// </summary>
internal static class LastingScalar
{
    /// <summary>The 1 that a sum scales its second operand by.</summary>
    public static Scalar One { get; } = 1;
}
