using NUnit.Framework;

namespace LoraEdge.Build.Tests;

public class WeakenVersionNeedTests
{
    string _folder = "";

    string Source => Path.Combine(_folder, "package", "lib.so");

    string Destination => Path.Combine(_folder, "obj", "lib.so");

    [SetUp]
    public void WriteLibrary()
    {
        _folder = Directory.CreateTempSubdirectory("loraedge-weaken-").FullName;
        Directory.CreateDirectory(Path.GetDirectoryName(Source)!);
        File.WriteAllBytes(Source, SyntheticLibrary.Build());
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Execute_WritesAWeakenedCopy_AndLeavesTheSource()
    {
        Assert.That(Run(out _), Is.True);

        Assert.That(File.ReadAllBytes(Source), Is.EqualTo(SyntheticLibrary.Build()));
        Assert.That(File.ReadAllBytes(Destination)[SyntheticLibrary.WantedFlags], Is.EqualTo(2));
    }

    [Test]
    public void Execute_WhereTheDestinationIsALinkToTheSource_ReplacesTheLink()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Destination)!);
        File.CreateSymbolicLink(Destination, Source);

        Assert.That(Run(out _), Is.True);

        Assert.That(new FileInfo(Destination).LinkTarget, Is.Null);
        Assert.That(File.ReadAllBytes(Source), Is.EqualTo(SyntheticLibrary.Build()));
    }

    [Test]
    public void Execute_OnAFileThatIsNoLibrary_FailsAndNamesIt()
    {
        File.WriteAllText(Source, "not a library");

        Assert.That(Run(out RecordingBuildEngine engine), Is.False);
        Assert.That(engine.Errors, Has.One.EqualTo(
            $"LORA0009: {Source} cannot be made to load without GLIBCXX_3.4.32: not a 64-bit little-endian ELF file"));
        Assert.That(File.Exists(Destination), Is.False);
    }

    bool Run(out RecordingBuildEngine engine)
    {
        engine = new RecordingBuildEngine();
        return new WeakenVersionNeed
        {
            BuildEngine = engine,
            Source = Source,
            Destination = Destination,
            Library = "libstdc++.so.6",
            Version = "GLIBCXX_3.4.32",
        }.Execute();
    }
}
