using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>Model files on disk.</summary>
internal static class ModelFile
{
    /// <summary>The content of a file.</summary>
    /// <exception cref="ModelFormatException">It is missing, unreadable, or larger than 2 GB.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            return length <= TensorLayout.MaxBytes
                ? File.ReadAllBytes(path)
                : throw new ModelFormatException($"'{path}' has {length} bytes, but an ONNX file has at most 2 GB; larger models keep their weights in files beside it.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFormatException($"There is no model '{Path.GetFullPath(path)}'. Check the path.", exception);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new ModelFormatException($"'{path}' is not the path of a model: {exception.Message} Name an .onnx file.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"The model '{path}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Puts a file into place whole: readers see the old content or the new, never part of either.</summary>
    public static void Replace(string path, byte[] content)
    {
        string temporary = $"{Path.GetFullPath(path)}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                stream.Write(content, 0, content.Length);
                stream.Flush(flushToDisk: true);
            }

#if NET
            File.Move(temporary, path, overwrite: true);
#else
            if (File.Exists(path))
                File.Replace(temporary, path, null);
            else
                File.Move(temporary, path);
#endif
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Bytes that a model takes in one file. Exact up to 4 GB; protobuf counts in 32 bits, so larger ones are told by their tensors.</summary>
    public static long LengthOf(ModelProto proto)
    {
        long raw = TensorWalk.AllTensors(proto).Sum(tensor => (long)tensor.RawData.Length);
        return raw > TensorLayout.MaxBytes ? raw : (uint)proto.CalculateSize();
    }
}
