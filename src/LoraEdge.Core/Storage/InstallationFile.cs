using MessagePack;

namespace LoraEdge;

/// <summary>The file <c>device.id</c>: this installation's id. It lies outside every folder that is meant to be synced.</summary>
internal static class InstallationFile
{
    private const string Name = "LoraEdge.install";
    private const int Version = 1;
    private const int Elements = 4;

    public static void Write(IFileSystem files, string path, DeviceId device)
    {
        var buffer = new GrowingBuffer(64);
        var writer = new MessagePackWriter(buffer);
        FileSeal.WriteStart(ref writer, Elements, Name, Version);
        writer.Write(device.ToArray());
        writer.Flush();
        files.WriteAtomic(path, FileSeal.Close(buffer));
    }

    /// <summary>The id; null when there is none or the file is damaged: then the installation needs a new one.</summary>
    public static DeviceId? Read(IFileSystem files, string path)
    {
        if (!files.FileExists(path))
            return null;
        try
        {
            byte[] file = BoundedFile.Read(files, path);
            FileSeal.Check(file, Name, Version, "an installation's id", path);
            var reader = new FieldReader(file, path);
            reader.Array("the file", Elements, Elements);
            reader.Skip("the name");
            reader.Skip("the version");
            return new DeviceId(reader.Binary("the device id", DeviceId.Length, DeviceId.Length));
        }
        catch (Exception e) when (e is AdapterFormatException || AdapterDecoder.IsReadError(e))
        {
            return null;
        }
    }
}
