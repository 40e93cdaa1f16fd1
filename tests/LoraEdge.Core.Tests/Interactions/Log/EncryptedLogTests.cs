using System.Text;

namespace LoraEdge.Tests.Interactions.Log;

/// <summary>A log that is encrypted at rest.</summary>
public sealed class EncryptedLogTests
{
    private static readonly InteractionLogOptions Encrypted = new() { Key = LogSamples.Key, SegmentBytes = 4096, MaxBytes = 16 * 1024, SampleSize = 10 };

    [Test]
    public void NoFile_TellsWhatWasRecorded()
    {
        MemoryFileSystem files = Files(Encrypted);

        foreach (string path in files.Files(LogSamples.Folder))
            Assert.That(Encoding.Latin1.GetString(LogSamples.Content(files, path)), Does.Not.Contain("board"));
        using InteractionLog log = LogSamples.Open(files, Encrypted);
        Assert.That(log.Count, Is.GreaterThan(50));
    }

    [Test]
    public void WithoutTheKey_TheErrorSaysSo_AndNothingIsChanged()
    {
        MemoryFileSystem files = Files(Encrypted), before = LogSamples.Copy(files);

        Assert.That(() => LogSamples.Open(files), Throws.TypeOf<EncryptionKeyException>().With.Message.Contains("no key was given"));
        Assert.That(() => LogSamples.Open(files, new InteractionLogOptions { Key = LogSamples.OtherKey }), Throws.TypeOf<EncryptionKeyException>().With.Message.Contains(LogSamples.OtherKey.Id));

        Assert.That(files.Files(LogSamples.Folder), Is.EqualTo(before.Files(LogSamples.Folder)));
        foreach (string path in files.Files(LogSamples.Folder))
            Assert.That(LogSamples.Content(files, path), Is.EqualTo(LogSamples.Content(before, path)));
    }

    [Test]
    public void AnEarlierLogWithoutAKey_IsEncryptedWhenItIsOpenedWithOne()
    {
        var plain = new InteractionLogOptions { SegmentBytes = 4096, MaxBytes = 16 * 1024, SampleSize = 10 };
        MemoryFileSystem files = Files(plain);
        int[] numbers;
        using (InteractionLog log = LogSamples.Open(files, plain))
            numbers = LogSamples.Numbers(log);

        using (InteractionLog log = LogSamples.Open(files, Encrypted))
            Assert.That(LogSamples.Numbers(log), Has.Length.GreaterThan(40).And.SubsetOf(numbers));

        foreach (string path in files.Files(LogSamples.Folder))
            Assert.That(Encoding.Latin1.GetString(LogSamples.Content(files, path)), Does.Not.Contain("board"));
    }

    private static MemoryFileSystem Files(InteractionLogOptions options)
    {
        var files = new MemoryFileSystem();
        using InteractionLog log = LogSamples.Open(files, options);
        LogSamples.Append(log, 1, 200);
        return files;
    }
}
