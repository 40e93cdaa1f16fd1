using MessagePack;

namespace LoraEdge;

/// <summary>The extensions that tell an adapter's origin: 1 the device, 3 the version vector, 5 the generation.</summary>
internal static class OriginFields
{
    public static AdapterOrigin Read(IReadOnlyList<AdapterExtension> extensions, string source)
    {
        var origin = new AdapterOrigin();
        foreach (AdapterExtension extension in extensions)
        {
            origin = extension.Number switch
            {
                AdapterExtension.DeviceId => origin with { Device = ReadDevice(extension, source) },
                AdapterExtension.VersionVector => origin with { Vector = ReadVector(extension, source) },
                AdapterExtension.Generation => ReadGeneration(extension, origin, source),
                _ => origin,
            };
        }

        return origin;
    }

    public static AdapterExtension[] Write(AdapterOrigin origin) => [Device(origin), Vector(origin), Generation(origin)];

    public static AdapterExtension Device(AdapterOrigin origin) => new(AdapterExtension.DeviceId, origin.Device.ToArray());

    public static AdapterExtension Generation(AdapterOrigin origin)
    {
        var content = new GrowingBuffer(24);
        var writer = new MessagePackWriter(content);
        writer.WriteArrayHeader(2);
        writer.Write(origin.Generation);
        writer.Write(Math.Max(0, origin.Written.ToUnixTimeMilliseconds()));
        writer.Flush();
        return new AdapterExtension(AdapterExtension.Generation, content.Written);
    }

    /// <summary>Writes a vector as a map in ascending order.</summary>
    public static void WriteVector(ref MessagePackWriter writer, VersionVector vector)
    {
        writer.WriteMapHeader(vector.Counts.Count);
        foreach (KeyValuePair<DeviceId, long> entry in vector.Counts)
        {
            writer.Write(entry.Key.ToArray());
            writer.Write(entry.Value);
        }
    }

    /// <summary>Reads a map of at most <see cref="SyncLimits.MaxDevices"/> devices in ascending order.</summary>
    public static VersionVector ReadVector(ref FieldReader reader)
    {
        int count = reader.Map("the version vector", 0, SyncLimits.MaxDevices);
        var counts = new List<KeyValuePair<DeviceId, long>>();
        for (int i = 0; i < count; i++)
        {
            int start = reader.Offset;
            var device = new DeviceId(reader.Binary("a device id of the version vector", DeviceId.Length, DeviceId.Length));
            if (counts.Count > 0 && counts[counts.Count - 1].Key.CompareTo(device) >= 0)
                throw reader.Refusal(start, $"is {device}", "ids in ascending order");
            counts.Add(new(device, (long)reader.Unsigned("a count of the version vector", 1, long.MaxValue)));
        }

        return VersionVector.Ordered([.. counts]);
    }

    /// <summary>Reads a time in milliseconds since 1970, up to the year 9999.</summary>
    public static DateTimeOffset ReadTime(ref FieldReader reader) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)reader.Unsigned("the time", 0, (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    public static AdapterExtension Vector(AdapterOrigin origin)
    {
        var content = new GrowingBuffer((origin.Vector.Counts.Count * 27) + 5);
        var writer = new MessagePackWriter(content);
        WriteVector(ref writer, origin.Vector);
        writer.Flush();
        return new AdapterExtension(AdapterExtension.VersionVector, content.Written);
    }

    private static DeviceId ReadDevice(AdapterExtension extension, string source) => extension.Content.Length == DeviceId.Length
        ? new DeviceId(extension.Content.Span)
        : throw new AdapterFormatException($"{source}: the device id (extension {extension.Number}) has {extension.Content.Length} bytes, expected {DeviceId.Length}. The file was not written by LoraEdge or was altered: restore it from a copy. See docs/adapter-format.md.");

    private static VersionVector ReadVector(AdapterExtension extension, string source) =>
        Whole(extension, source, static (ref FieldReader reader) => ReadVector(ref reader));

    private static AdapterOrigin ReadGeneration(AdapterExtension extension, AdapterOrigin origin, string source) =>
        Whole(extension, source, (ref FieldReader reader) =>
        {
            reader.Array("the generation", 2, 2);
            return origin with { Generation = (long)reader.Unsigned("the generation's number", 1, long.MaxValue), Written = ReadTime(ref reader) };
        });

    /// <summary>Reads an extension to its end; offsets in messages are counted from its start.</summary>
    private static T Whole<T>(AdapterExtension extension, string source, FieldRead<T> read)
    {
        var reader = new FieldReader(extension.Content, $"{source}, extension {extension.Number}");
        try
        {
            T value = read(ref reader);
            return reader.AtEnd ? value : throw reader.Refusal(reader.Offset, "goes on", "its end");
        }
        catch (Exception e) when (AdapterDecoder.IsReadError(e))
        {
            throw reader.Translate(e);
        }
    }

    private delegate T FieldRead<T>(ref FieldReader reader);
}
