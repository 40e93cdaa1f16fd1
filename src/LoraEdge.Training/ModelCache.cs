using LoraEdge.Onnx;

namespace LoraEdge.Training;

/// <summary>
/// The model that was read last, for as long as anything uses it or its memory is not needed: rounds of scoring and training
/// come often, and reading a file and hashing its weights takes longer than a short round. From any thread.
/// </summary>
internal sealed class ModelCache
{
    private readonly object _lock = new();
    private readonly WeakReference<OnnxModel?> _model = new(null);
    private (string Path, long Length, DateTime Written) _file;

    /// <summary>The model of a file; read again when path, length or time of the file have changed.</summary>
    /// <exception cref="ModelFormatException">The file is missing, truncated, not ONNX, or breaks ONNX's rules.</exception>
    public OnnxModel Load(string path)
    {
        if (!File.Exists(path))
            return OnnxModel.Load(path);
        var info = new FileInfo(path);
        lock (_lock)
        {
            (string, long, DateTime) file = (info.FullName, info.Length, info.LastWriteTimeUtc);
            if (_file == file && _model.TryGetTarget(out OnnxModel? known) && known is not null)
                return known;
            OnnxModel model = OnnxModel.Load(path);
            _model.SetTarget(model);
            _file = file;
            return model;
        }
    }
}
