using MessagePack;

namespace LoraEdge;

/// <summary>
/// What this installation remembers of its own file in a profile, in <c>device.state</c> outside the synced folder. It is
/// written before that file is, so a file that is ahead of it was written by another life of this installation: the state is
/// from a restored backup, or someone else has the same id.
/// </summary>
/// <param name="Device">The id under which it was written.</param>
/// <param name="Generation">Number of the newest generation; 0 when none was written.</param>
/// <param name="Records">Number of this device's records in it.</param>
/// <param name="Digest">SHA-256 of its content.</param>
internal sealed record DeviceState(DeviceId Device, long Generation, long Records, string Digest)
{
    private const string Name = "LoraEdge.counter";
    private const int Version = 1;
    private const int Elements = 7;

    public static DeviceState New(DeviceId device) => new(device, 0, 0, "");

    /// <summary>The state; a new one when there is none, when it is damaged, or when it belongs to an id that was given up.</summary>
    public static DeviceState Read(IFileSystem files, string path, DeviceId device)
    {
        if (!files.FileExists(path))
            return New(device);
        try
        {
            DeviceState state = Decode(BoundedFile.Read(files, path), path);
            return state.Device == device ? state : New(device);
        }
        catch (Exception e) when (e is AdapterFormatException || AdapterDecoder.IsReadError(e))
        {
            return New(device);
        }
    }

    public void Write(IFileSystem files, string path)
    {
        var buffer = new GrowingBuffer(128);
        var writer = new MessagePackWriter(buffer);
        FileSeal.WriteStart(ref writer, Elements, Name, Version);
        writer.Write(Device.ToArray());
        writer.Write(Generation);
        writer.Write(Records);
        writer.Write(Digest);
        writer.Flush();
        files.WriteAtomic(path, FileSeal.Close(buffer));
    }

    private static DeviceState Decode(byte[] file, string path)
    {
        FileSeal.Check(file, Name, Version, "a device's state", path);
        var reader = new FieldReader(file, path);
        reader.Array("the file", Elements, Elements);
        reader.Skip("the name");
        reader.Skip("the version");
        var device = new DeviceId(reader.Binary("the device id", DeviceId.Length, DeviceId.Length));
        long generation = (long)reader.Unsigned("the generation", 0, long.MaxValue);
        long records = (long)reader.Unsigned("the number of records", 0, long.MaxValue);
        return new DeviceState(device, generation, records, reader.Text("the digest", 64));
    }
}
