using LoraEdge.Training.Execution;

namespace LoraEdge.Training;

/// <summary>What a <see cref="LossPass"/> may keep in memory. More is faster up to a point; the result is the same.</summary>
/// <param name="Target">Bytes kept for the backward pass of the trunk; what does not fit is computed again. Null: all is kept.</param>
/// <param name="ChunkBytes">Bytes of the head's result that are computed at a time.</param>
/// <param name="Cap">What the pass may take of a GPU's memory; null for all.</param>
/// <param name="Limits">What a run of the model may take; null for the defaults.</param>
internal sealed record LossMemory(long? Target = null, long ChunkBytes = LossMemory.DefaultChunkBytes, GpuMemoryCap? Cap = null, RunLimits? Limits = null)
{
    /// <summary>A few hundred rows of a vocabulary: enough for the head's products to run at full speed.</summary>
    public const long DefaultChunkBytes = 8 << 20;

    /// <summary>As the options ask for.</summary>
    public static LossMemory Of(TrainingOptions options, RunLimits limits, Placement placement) =>
        new(options.MemoryTargetMegabytes is { } megabytes ? (long)(megabytes * (1 << 20)) : null, Cap: GpuMemoryCap.Of(options, placement), Limits: limits);
}
