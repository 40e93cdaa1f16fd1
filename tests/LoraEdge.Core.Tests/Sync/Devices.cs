using LoraEdge.Tests.Adapters;

namespace LoraEdge.Tests.Sync;

/// <summary>Devices, and adapters that they might have written.</summary>
internal static class Devices
{
    public static readonly DeviceId A = Id(1), B = Id(2), C = Id(3), D = Id(4);

    public static DeviceId Id(int number)
    {
        byte[] bytes = new byte[DeviceId.Length];
        BitConverter.TryWriteBytes(bytes.AsSpan(12), System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(number));
        return new DeviceId(bytes);
    }

    public static VersionVector Vector(params (DeviceId Device, long Records)[] counts) =>
        counts.Aggregate(VersionVector.Empty, (vector, count) => vector.With(count.Device, count.Records));

    /// <summary>An adapter of <see cref="Samples.Weights"/> with B from a seed.</summary>
    public static Adapter Adapter(int seed, float scale = 1f, int rank = 1, double size = 0.3)
    {
        Adapter sample = Samples.Seeded(rank);
        AdapterTarget[] targets = [.. sample.Targets.Select((target, i) => new AdapterTarget
        {
            InitializerIndex = target.InitializerIndex,
            OutFeatures = target.OutFeatures,
            B = Numbers.Normal(target.B.Length, (seed * 31) + i, size),
        })];
        return Samples.With(sample, targets: targets, scale: scale);
    }

    public static byte[] File(DeviceId device, long generation, VersionVector vector, int seed, float scale = 1f, AdapterPrecision precision = AdapterPrecision.Float16) =>
        File(Adapter(seed, scale), device, generation, vector, precision);

    public static byte[] File(Adapter adapter, DeviceId device, long generation, VersionVector vector, AdapterPrecision precision = AdapterPrecision.Float16) =>
        AdapterFile.Write(Samples.With(adapter, extensions: OriginFields.Write(Origin(device, generation, vector))), precision);

    public static byte[] Tombstone(DeviceId device, long generation, VersionVector vector) => TombstoneFile.Write(Origin(device, generation, vector));

    public static AdapterOrigin Origin(DeviceId device, long generation, VersionVector vector) => new()
    {
        Device = device,
        Generation = generation,
        Written = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Vector = vector,
    };

    /// <summary>A folder with these files, named as given or by number.</summary>
    public static DevicesReport Read(params byte[][] files) => Read([.. files.Select((bytes, i) => ($"{i}.lora", bytes))]);

    public static DevicesReport Read(params (string Name, byte[] Bytes)[] files) => Read(null, files);

    public static DevicesReport Read(WantedAdapter? wanted, params (string Name, byte[] Bytes)[] files)
    {
        var disk = new SimulatedDisk();
        foreach ((string name, byte[] bytes) in files)
            disk.Put(Path.Combine("/devices", name), bytes);
        return DevicesFolder.Read("/devices", wanted, disk);
    }

    public static DeviceFile Named(this DevicesReport report, string name) => report.Files.Single(file => file.Name == name);
}
