namespace LoraEdge.Training.Execution;

/// <summary>The memory of a device that libtorch has taken in this process.</summary>
internal interface IDeviceMemory
{
    /// <summary>Bytes of all tensors that exist.</summary>
    long Used { get; }

    /// <summary>Most bytes that were in use at a time since this was last called.</summary>
    long TakePeak();
}
