using System.Runtime.InteropServices;

namespace LoraEdge.Training.Execution;

/// <summary>What libtorch refuses outside of a node: a backward pass, above all when memory runs out.</summary>
internal static class LibtorchErrors
{
    /// <summary>Does some work.</summary>
    /// <exception cref="TrainingFailedException">libtorch refuses a part of it.</exception>
    public static T Typed<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ExternalException error)
        {
            throw new TrainingFailedException($"libtorch cannot compute a training step: {error.Message.Split('\n')[0]} If memory ran out, lower BatchSize or set MemoryTargetMegabytes.", error);
        }
    }
}
