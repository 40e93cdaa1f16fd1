namespace LoraEdge.Inference;

/// <summary>The device of an execution provider went away in the middle of a run. Serving goes on without it.</summary>
internal sealed class DeviceLostException(ProviderOptions provider, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The provider that the session runs on.</summary>
    public ProviderOptions Provider => provider;
}
