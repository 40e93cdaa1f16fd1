namespace LoraEdge.Inference;

/// <summary>How execution providers differ in use.</summary>
internal static class ProviderFacts
{
    /// <summary>Whether a machine can have several devices for it, each with memory of its own, so that inputs and outputs are copied with every run.</summary>
    public static bool HasDevices(this ExecutionProvider provider) => provider is ExecutionProvider.DirectML or ExecutionProvider.Cuda;

    /// <summary>Whether a session must not be run by two threads at once.</summary>
    public static bool RunsOneAtATime(this ExecutionProvider provider) => provider == ExecutionProvider.DirectML;

    /// <summary>What ONNX Runtime calls it.</summary>
    public static string NativeName(this ExecutionProvider provider) => provider switch
    {
        ExecutionProvider.DirectML => "DmlExecutionProvider",
        ExecutionProvider.Cuda => "CUDAExecutionProvider",
        ExecutionProvider.CoreML => "CoreMLExecutionProvider",
        ExecutionProvider.Xnnpack => "XnnpackExecutionProvider",
        _ => "CPUExecutionProvider",
    };
}
