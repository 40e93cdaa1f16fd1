namespace LoraEdge.Benchmarks.TrainingStep;

/// <summary>One setting that is measured in a process of its own.</summary>
/// <param name="Name">What it is called in the output.</param>
/// <param name="Method"><c>lora-fa</c>, <c>lora</c>, <c>full</c>, <c>none</c> for the executor's forward pass alone, or <c>onnxruntime</c>.</param>
/// <param name="IsChunked">Whether the head and the loss run in chunks of positions.</param>
/// <param name="MemoryTargetMegabytes">What a step may keep before it computes again; null for everything.</param>
internal sealed record StepCase(string Name, string Method, bool IsChunked, double? MemoryTargetMegabytes)
{
    /// <summary>All settings.</summary>
    public static IReadOnlyList<StepCase> All { get; } =
    [
        new("ONNX Runtime forward", "onnxruntime", false, null),
        new("executor forward", "none", false, null),
        new("LoRA-FA rank 1", "lora-fa", true, null),
        new("LoRA rank 1", "lora", true, null),
        new("full fine-tuning", "full", true, null),
        new("LoRA-FA rank 1, recomputed", "lora-fa", true, 16),
        new("LoRA-FA rank 1, whole head", "lora-fa", false, null),
        new("LoRA rank 1, whole head", "lora", false, null),
        new("full fine-tuning, whole head", "full", false, null),
        new("LoRA-FA rank 1, whole head, recomputed", "lora-fa", false, 16),
    ];
}
