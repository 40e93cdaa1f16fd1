namespace LoraEdge.Tests.Adapters;

public sealed class AdapterSaveTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void SaveThenLoad_GivesTheSameAdapterAndLeavesNothingElse([Values] bool overAnOldFile)
    {
        string path = _folder.File("größe 7.adapter");
        if (overAnOldFile)
            File.WriteAllBytes(path, new byte[5000]);
        AdapterFile.Save(Samples.Seeded(2), path);
        AdapterAssert.AreSame(AdapterFile.Load(path), Samples.Seeded(2));
        Assert.That(_folder.Names(), Is.EqualTo(new[] { "größe 7.adapter" }));
    }

    [Test]
    public void ARelativePath_IsTakenFromTheCurrentFolder()
    {
        string path = Path.GetRelativePath(Environment.CurrentDirectory, _folder.File("a"));
        AdapterFile.Save(Samples.Tiny(), path);
        Assert.That(_folder.Names(), Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void AnAdapterThatCannotBeStored_LeavesTheOldFile()
    {
        string path = _folder.File("a");
        AdapterFile.Save(Samples.Tiny(), path);
        byte[] old = File.ReadAllBytes(path);
        Assert.That(() => AdapterFile.Save(Samples.With(Samples.Tiny(), scale: float.NaN), path), Throws.TypeOf<AdapterFormatException>());
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(old));
        Assert.That(_folder.Names(), Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void ATemporaryFileThatCannotBeWritten_LeavesTheOldFile()
    {
        // The name itself is allowed; with the ending of the temporary file it is longer than 255 bytes.
        string path = _folder.File(new string('a', 250));
        File.WriteAllBytes(path, [1, 2, 3]);
        Assert.That(() => AdapterFile.Save(Samples.Tiny(), path), Throws.InstanceOf<IOException>());
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(_folder.Names(), Has.Length.EqualTo(1));
    }

    [Test]
    public void ARenameThatFails_RemovesTheTemporaryFile()
    {
        string path = _folder.File("a");
        Directory.CreateDirectory(path);
        File.WriteAllBytes(Path.Combine(path, "inside"), [1]);
        Assert.That(() => AdapterFile.Save(Samples.Tiny(), path), Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>());
        Assert.That(_folder.Names(), Is.EqualTo(new[] { "a" }));
        Assert.That(Directory.GetFiles(path), Has.Length.EqualTo(1));
    }

    [Test]
    public void AMissingFolder_IsAnIoError() =>
        Assert.That(() => AdapterFile.Save(Samples.Tiny(), _folder.File("no/such/a")), Throws.InstanceOf<IOException>());

    [Test]
    public void AReaderDuringManySaves_AlwaysSeesAWholeFile()
    {
        string path = _folder.File("a");
        Adapter[] versions = [Samples.Seeded(1), Samples.Explicit(64)];
        AdapterFile.Save(versions[0], path);
        using var done = new CancellationTokenSource();
        Task<int> reader = Task.Run(() =>
        {
            int loads = 0;
            while (!done.IsCancellationRequested)
            {
                AdapterFile.Load(path);
                loads++;
            }

            return loads;
        });
        for (int i = 0; i < 100; i++)
            AdapterFile.Save(versions[i % 2], path);
        done.Cancel();
        Assert.That(reader.GetAwaiter().GetResult(), Is.GreaterThan(0));
    }

    [Test]
    public void AMissingFile_IsNamed() =>
        Assert.That(() => AdapterFile.Load(_folder.File("missing")), Throws.TypeOf<AdapterFormatException>().With.Message.Contains("missing does not exist"));

    [Test]
    public void ADamagedFile_IsNamed()
    {
        File.WriteAllBytes(_folder.File("a"), [1, 2, 3]);
        Assert.That(() => AdapterFile.Load(_folder.File("a")), Throws.TypeOf<AdapterFormatException>().With.Message.Contains(_folder.File("a")));
    }

    [Test]
    public void AHugeFile_IsRefusedUnread()
    {
        using (FileStream stream = File.Create(_folder.File("a")))
            stream.SetLength(AdapterLimits.MaxFileBytes + 1);
        Assert.That(() => AdapterFile.Load(_folder.File("a")), Throws.TypeOf<AdapterFormatException>().With.Message.Contains("at most"));
    }
}
