using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// Brings the tensors that a model keeps in other files into memory. A file is read only from the model's own folder, and
/// each part of it at most once, so that a small hostile model cannot ask for more memory than there is data beside it.
/// </summary>
internal sealed class ExternalData(string model, string? folder)
{
    private readonly Dictionary<(string Location, long Offset), ByteString> _regions = [];
    private readonly Dictionary<string, long> _bytesRead = new(StringComparer.Ordinal);

    /// <summary>Replaces every reference to another file by the bytes it refers to.</summary>
    /// <exception cref="ModelFormatException">A reference leaves the folder, or the file is missing or too short.</exception>
    public void Inline(ModelProto proto)
    {
        foreach (TensorProto tensor in TensorWalk.AllTensors(proto))
        {
            if (tensor.DataLocation == 0)
                continue;
            if (tensor.DataLocation != 1)
                throw Refused(tensor, $"has the data location {tensor.DataLocation}, which is not one that ONNX defines");
            tensor.RawData = Read(tensor);
            tensor.ExternalData.Clear();
            tensor.ClearDataLocation();
        }
    }

    private ByteString Read(TensorProto tensor)
    {
        int length = TensorLayout.RawLength(tensor, model);
        string location = Field(tensor, "location") ?? throw Refused(tensor, "is stored in another file without saying in which");
        long offset = Number(tensor, "offset") ?? 0;
        if (Number(tensor, "length") is { } declared && declared != length)
            throw Refused(tensor, $"needs {length} bytes for its type and shape, but refers to {declared} bytes of '{location}'");
        if (_regions.TryGetValue((location, offset), out ByteString? known) && known.Length == length)
            return known;
        string path = ExternalPath.Resolve(location, folder, why => Refused(tensor, why));
        return _regions[(location, offset)] = ReadRegion(tensor, path, offset, length);
    }

    private ByteString ReadRegion(TensorProto tensor, string path, long offset, int length)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                throw Refused(tensor, $"is stored in '{path}', which does not exist; put that file beside the model");
            if (offset > file.Length - length)
                throw Refused(tensor, $"needs {length} bytes from offset {offset} of '{path}', which has only {file.Length}; fetch that file again");
            long total = _bytesRead[path] = (_bytesRead.TryGetValue(path, out long before) ? before : 0) + length;
            if (total > file.Length)
                throw Refused(tensor, $"and others refer to overlapping parts of '{path}'");
            if (length == 0)
                return ByteString.Empty;
            using FileStream stream = file.OpenRead();
            stream.Position = offset;
            return UnsafeByteOperations.UnsafeWrap(ReadExactly(stream, length));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ModelFormatException($"{model}: cannot read '{path}', which holds the tensor '{tensor.Name}': {exception.Message}", exception);
        }
    }

    private static byte[] ReadExactly(FileStream stream, int length)
    {
        var bytes = new byte[length];
        int filled = 0;
        while (filled < length)
        {
            int read = stream.Read(bytes, filled, length - filled);
            filled += read > 0 ? read : throw new EndOfStreamException("The file became shorter while it was read.");
        }

        return bytes;
    }

    private long? Number(TensorProto tensor, string key)
    {
        if (Field(tensor, key) is not { } text)
            return null;
        return long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long number)
            ? number
            : throw Refused(tensor, $"has the {key} '{text}' for its data, which is not a number of bytes");
    }

    private static string? Field(TensorProto tensor, string key) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value;

    private ModelFormatException Refused(TensorProto tensor, string why) => new($"{model}: the tensor '{tensor.Name}' {why}.");
}
