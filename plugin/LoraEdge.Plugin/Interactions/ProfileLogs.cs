using LoraEdge.Onnx;

namespace LoraEdge.Interactions;

/// <summary>Opens profiles' logs: on the disk beside the profile's adapters, or in memory where the host wants none kept.</summary>
internal sealed class ProfileLogs(LoraEdgeOptions options, OnnxModel model, bool isReadOnly)
{
    private readonly string[] _inputs = [.. model.Graph.Inputs.Select(input => input.Name).Except(ModelState.Find(model, options.Objective).Select(state => state.Input))];

    /// <summary>Opens the log of a profile.</summary>
    /// <exception cref="LogFormatException">It was written by a newer version.</exception>
    /// <exception cref="EncryptionKeyException">It is encrypted, and its key was not given.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public InteractionLog Open(ProfileStore store)
    {
        bool isKept = options is { StorageFolder: not null, KeepRecords: true } && !isReadOnly;
        return InteractionLog.Open(store.LogPath, _inputs, options.Log with { Key = options.Key }, isKept ? options.Files : new MemoryFileSystem(), options.Schedule.Clock);
    }
}
