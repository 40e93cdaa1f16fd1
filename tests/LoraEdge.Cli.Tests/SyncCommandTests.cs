using System.Text.Json;

namespace LoraEdge.Cli.Tests;

public sealed class SyncCommandTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void Status_TellsHeadsAndWhatTheySupersede()
    {
        (string devices, DeviceId a, DeviceId b) = TwoDevices();
        (int exitCode, JsonElement json, _) = Commands.RunJson("sync", "status", devices);
        Assert.That(exitCode, Is.Zero);
        JsonElement folder = json.GetProperty("folders")[0];
        JsonElement[] files = [.. folder.GetProperty("files").EnumerateArray()];
        JsonElement head = files.Single(file => file.GetProperty("state").GetString() == "head");
        JsonElement old = files.Single(file => file.GetProperty("state").GetString() == "superseded");
        Assert.That(head.GetProperty("device").GetString(), Is.EqualTo(b.ToString()));
        Assert.That(head.GetProperty("vector").GetProperty(a.ToString()).GetInt64(), Is.EqualTo(10));
        Assert.That(head.GetProperty("vector").GetProperty(b.ToString()).GetInt64(), Is.EqualTo(5));
        Assert.That(head.GetProperty("generation").GetInt64(), Is.EqualTo(1));
        Assert.That(head.GetProperty("weight").GetDouble(), Is.EqualTo(1));
        Assert.That(old.GetProperty("reason").GetString(), Does.Contain("includes it"));
        Assert.That(folder.GetProperty("effective").GetProperty("records").GetInt64(), Is.EqualTo(15));
    }

    [Test]
    public void Status_OfAStorageFolder_TellsEveryProfile_AsText()
    {
        using (AdapterStorage storage = AdapterStorage.Open(_folder.Root))
        {
            Save(storage, "ada", seed: 1, records: 3);
            Save(storage, "Bob", seed: 2, records: 4);
            using ProfileStore forgotten = storage.OpenProfile("eve");
            forgotten.Forget();
        }

        (int exitCode, string output, _) = Commands.Run("sync", "status", _folder.Root);
        Assert.That(exitCode, Is.Zero);
        Assert.That(output, Does.Contain("_42ob").And.Contain("tombstone").And.Contain("effective: none").And.Contain("1 head(s), 4 records"));
    }

    [Test]
    public void Status_OfDamage_ExitsWith1()
    {
        (string devices, _, _) = TwoDevices();
        File.WriteAllBytes(Path.Combine(devices, "bad.lora"), [1, 2, 3]);
        (int exitCode, JsonElement json, _) = Commands.RunJson("sync", "status", devices);
        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(json.GetProperty("wantsAttention").GetBoolean(), Is.True);
        Assert.That(File.Exists(Path.Combine(devices, "bad.lora")), Is.True, "the command changes nothing");
    }

    [Test]
    public void Merge_WritesTheEffectiveAdapter()
    {
        (string devices, _, _) = TwoDevices();
        (int exitCode, JsonElement json, _) = Commands.RunJson("sync", "merge", devices);
        Assert.That(exitCode, Is.Zero);
        string path = Path.Combine(Path.GetDirectoryName(devices)!, "effective.lora");
        Assert.That(json.GetProperty("folders")[0].GetProperty("file").GetString(), Is.EqualTo(path));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(DevicesFolder.Read(devices).Effective!.Bytes.ToArray()));
        Assert.That(Commands.Run("sync", "merge", devices, "--out", _folder.File("other.lora")).ExitCode, Is.Zero);
        Assert.That(File.ReadAllBytes(_folder.File("other.lora")), Is.EqualTo(File.ReadAllBytes(path)));
    }

    [Test]
    public void Merge_OfNothing_ExitsWith1()
    {
        (int exitCode, string output, _) = Commands.Run("sync", "merge", _folder.Root);
        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(output, Does.Contain("no head"));
    }

    [Test]
    public void UnusableInput_IsRefused()
    {
        using (AdapterStorage storage = AdapterStorage.Open(_folder.Root))
        {
            Save(storage, "ada", seed: 1, records: 3);
            Save(storage, "bob", seed: 2, records: 4);
        }

        Commands.AssertRefused(["sync", "status", _folder.File("nowhere")], "nowhere");
        Commands.AssertRefused(["sync", "merge", _folder.Root, "--out", _folder.File("x.lora")], "--out", "2 profiles");
        Commands.AssertRefused(["sync", "merge", Path.Combine(_folder.Root, "profiles", "ada"), "--out", _folder.File("no/x.lora")], "no/x.lora");
        Commands.AssertRefused(["sync"], "--help");
    }

    /// <summary>A device, and another that has grown from what it learned.</summary>
    private (string Devices, DeviceId First, DeviceId Second) TwoDevices()
    {
        using AdapterStorage a = AdapterStorage.Open(_folder.File("a")), b = AdapterStorage.Open(_folder.File("b"));
        string from = Save(a, "ada", seed: 1, records: 10);
        using ProfileStore store = b.OpenProfile("ada");
        File.Copy(Directory.GetFiles(from).Single(), Path.Combine(store.DevicesPath, "from a.lora"));
        using ProfileStore synced = b.OpenProfile("ada");
        synced.Save(RandomAdapter.For(TinyModels.Policy(), seed: 2), synced.Effective!.Vector, 5);
        return (store.DevicesPath, a.Device, b.Device);
    }

    private static string Save(AdapterStorage storage, string profile, int seed, long records)
    {
        using ProfileStore store = storage.OpenProfile(profile);
        store.Save(RandomAdapter.For(TinyModels.Policy(), seed: seed), store.Forgotten, records);
        return store.DevicesPath;
    }
}
