using LoraEdge.Tests.Adapters;
using static LoraEdge.Tests.Sync.Devices;

namespace LoraEdge.Tests.Sync;

/// <summary>Order and repetition of copying change nothing: devices that have the same files have the same adapter, to the byte.</summary>
public sealed class CopyingScheduleTests
{
    private const int Devices = 4;

    [Test]
    public void AShareOfTheSchedules_EndsInByteIdenticalAdapters() => Require(200);

    [Test]
    [Explicit("A share runs by default.")]
    [Category("Full")]
    public void AThousandSchedules_EndInByteIdenticalAdapters() => Require(1000);

    [Test]
    public void TheSameFiles_InAnyOrderUnderAnyName_AreTheSameAdapter()
    {
        var random = new Random(1);
        for (int round = 0; round < 200; round++)
        {
            byte[][] files = [.. Enumerable.Range(0, 6).Select(i => Sync.Devices.File(Id(random.Next(1, 5)), random.Next(1, 4), RandomVector(random), i, random.Next(2) == 0 ? 1f : -0.5f))];
            byte[]? expected = Read(files).Effective?.Bytes.ToArray();
            byte[][] shuffled = [.. files.Concat(files.Take(2))];
            random.Shuffle(shuffled);
            Assert.That(Read([.. shuffled.Select(file => ($"{random.Next()}.lora", file))]).Effective?.Bytes.ToArray(), Is.EqualTo(expected));
        }
    }

    private static void Require(int count)
    {
        int averaged = 0;
        for (int seed = 0; seed < count; seed++)
        {
            (byte[][] effective, int heads) = Run(seed);
            Assert.That(effective, Is.All.EqualTo(effective[0]), $"schedule {seed}");
            averaged += Math.Min(1, heads / 2);
        }

        Assert.That(averaged, Is.GreaterThan(count / 2), "most have something to average");
    }

    /// <summary>Devices learn, forget, and copy files at random, as a copier would and as a careless one; at the end everything reaches everyone.</summary>
    private static (byte[][] Effective, int Heads) Run(int seed)
    {
        var random = new Random(seed);
        var clock = new FakeClock();
        var disks = Enumerable.Range(0, Devices).Select(_ => new SimulatedDisk()).ToArray();
        var stores = disks.Select(disk => AdapterStorage.Open("/store", new StorageSettings { Files = disk, Clock = clock, PollInterval = TimeSpan.Zero }).OpenProfile("ada")).ToArray();
        for (int step = 0; step < 14; step++)
        {
            int device = random.Next(Devices);
            clock.Advance(TimeSpan.FromSeconds(1));
            stores[device].Poll();
            switch (random.Next(20))
            {
                case < 8:
                    EffectiveAdapter? start = random.Next(4) == 0 ? null : stores[device].Effective;
                    stores[device].Save(Adapter(random.Next()), start?.Vector ?? stores[device].Forgotten, random.Next(1, 50));
                    break;
                case 8 when stores[device].History is [_, ..] history:
                    stores[device].RollBack(history[random.Next(history.Count)]);
                    break;
                case 9 when random.Next(4) == 0:
                    stores[device].Forget();
                    break;
                default:
                    CopyOne(disks[device], disks[random.Next(Devices)], stores[device].DevicesPath, random);
                    break;
            }
        }

        Settle(disks, stores);
        return ([.. stores.Select(store => store.Effective?.Bytes.ToArray() ?? [])], stores[0].Devices.Heads.Count);
    }

    private static void CopyOne(SimulatedDisk from, SimulatedDisk to, string folder, Random random)
    {
        if (from.Files(folder) is not [_, ..] files)
            return;
        string path = files[random.Next(files.Count)];
        string name = random.Next(3) == 0 ? Path.Combine(folder, $"copy {random.Next(100)}.lora") : path;
        to.Put(name, from.Contents()[path]);
    }

    /// <summary>Copies every file to every device, under names of their own, until nobody has anything to do any more.</summary>
    private static void Settle(SimulatedDisk[] disks, ProfileStore[] stores)
    {
        string folder = stores[0].DevicesPath;
        for (int round = 0; round < 4; round++)
        {
            byte[][] all = [.. disks.SelectMany(disk => disk.Contents().Where(file => Path.GetDirectoryName(file.Key) == folder)).Select(file => file.Value)];
            foreach (SimulatedDisk disk in disks)
            {
                foreach (byte[] file in all)
                    disk.Put(Path.Combine(folder, DevicesFolder.Digest(file) + ".lora"), file);
            }

            foreach (ProfileStore store in stores)
                store.Poll();
        }
    }

    private static VersionVector RandomVector(Random random) =>
        Vector([.. Enumerable.Range(1, 4).Select(device => (Id(device), (long)random.Next(0, 21)))]);
}
