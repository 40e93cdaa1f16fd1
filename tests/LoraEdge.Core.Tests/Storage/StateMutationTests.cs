namespace LoraEdge.Tests.Storage;

/// <summary>What an installation remembers of itself, with random damage: it takes a new id or is as it was, and what was stored is there.</summary>
public sealed class StateMutationTests
{
    private const int Seed = 20261124;

    [Test]
    public void AMutatedMemory_IsAsGoodAsNone([Values("device.id", "profiles/ada/device.state")] string name) => Run(name, 500);

    [Test]
    [Category("Full")]
    [Explicit("A minute: dotnet test --filter TestCategory=Full")]
    public void AHundredThousandMutatedMemories_AreAsGoodAsNone([Values("device.id", "profiles/ada/device.state")] string name) => Run(name, 50_000);

    private static void Run(string name, int count)
    {
        var random = new Random(Seed);
        using var whole = new Installation();
        StoredGeneration stored = whole.Learn(1);
        string path = Path.Combine(Installation.Root, name);
        byte[] original = whole.Disk.Contents()[path];
        for (int i = 0; i < count; i++)
        {
            byte[] mutated = Mutation.Of(original, random);
            SimulatedDisk disk = whole.Disk.Copy();
            disk.Put(path, mutated);
            using var found = new Installation(disk);
            bool isSame = mutated.AsSpan().SequenceEqual(original);
            Assert.That(found.Storage.Device == whole.Storage.Device, Is.EqualTo(isSame), $"mutation {i}");
            Assert.That(found.Store.Effective!.Adapter.Targets[0].B, Is.EqualTo(stored.Adapter.Targets[0].B));
        }
    }
}
