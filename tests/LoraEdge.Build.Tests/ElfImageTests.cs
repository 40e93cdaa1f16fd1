using NUnit.Framework;

namespace LoraEdge.Build.Tests;

public class ElfImageTests
{
    const string Library = "libstdc++.so.6", Version = "GLIBCXX_3.4.32";

    [Test]
    public void WeakenVersionNeed_SetsTheWeakFlagAndNothingElse()
    {
        byte[] before = SyntheticLibrary.Build(), after = SyntheticLibrary.Build();

        Assert.That(new ElfImage(after).WeakenVersionNeed(Library, Version), Is.True);

        before[SyntheticLibrary.WantedFlags] = 2;
        Assert.That(after, Is.EqualTo(before));
    }

    [Test]
    public void WeakenVersionNeed_ASecondTime_ChangesNothing()
    {
        byte[] bytes = SyntheticLibrary.Build();
        new ElfImage(bytes).WeakenVersionNeed(Library, Version);
        byte[] once = [.. bytes];

        Assert.That(new ElfImage(bytes).WeakenVersionNeed(Library, Version), Is.False);
        Assert.That(bytes, Is.EqualTo(once));
    }

    [TestCase("libstdc++.so.6", "GLIBCXX_3.4.33")]
    [TestCase("libm.so.6", "GLIBCXX_3.4.32")]
    public void WeakenVersionNeed_OfWhatIsNotNeeded_ChangesNothing(string library, string version)
    {
        byte[] bytes = SyntheticLibrary.Build();

        Assert.That(new ElfImage(bytes).WeakenVersionNeed(library, version), Is.False);
        Assert.That(bytes, Is.EqualTo(SyntheticLibrary.Build()));
    }

    [TestCase(true, false)]
    [TestCase(false, true)]
    public void WeakenVersionNeed_WithSymbolInUse_Refuses(bool relocatedInData, bool relocatedInCalls)
    {
        byte[] bytes = SyntheticLibrary.Build(relocatedInData, relocatedInCalls), before = [.. bytes];

        Assert.That(() => new ElfImage(bytes).WeakenVersionNeed(Library, Version),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("a relocation uses a symbol of GLIBCXX_3.4.32"));
        Assert.That(bytes, Is.EqualTo(before));
    }

    [TestCase("MINE_1", true)]
    [TestCase("MINE_2", false)]
    public void DefinesVersion_OfSyntheticLibrary(string version, bool expected) =>
        Assert.That(new ElfImage(SyntheticLibrary.Build()).DefinesVersion(version), Is.EqualTo(expected));

    [Test]
    [Platform("Linux", Reason = "libstdc++ is Linux's C++ library.")]
    public void DefinesVersion_OfThisMachinesLibstdcxx_KnowsOldAndUnbornVersions()
    {
        string? path = SystemLibrary.Find(Library);
        Assume.That(path, Is.Not.Null);
        var image = new ElfImage(File.ReadAllBytes(path!));

        Assert.That(image.DefinesVersion("GLIBCXX_3.4.21"), Is.True);
        Assert.That(image.DefinesVersion("GLIBCXX_99.0"), Is.False);
    }

    [Test]
    public void Parsing_OfEveryTruncation_FailsOnlyWithInvalidData()
    {
        byte[] whole = SyntheticLibrary.Build();
        for (int length = 0; length < whole.Length; length++)
            ReadEverything(whole[..length]);
    }

    [Test]
    public void Parsing_OfEveryDamagedByte_FailsOnlyWithInvalidData()
    {
        byte[] whole = SyntheticLibrary.Build();
        for (int at = 0; at < whole.Length; at++)
            foreach (byte damage in (byte[])[0x00, 0x01, 0x7f, 0x80, 0xff])
            {
                byte[] bytes = [.. whole];
                bytes[at] = damage;
                ReadEverything(bytes);
            }
    }

    static void ReadEverything(byte[] bytes)
    {
        try
        {
            var image = new ElfImage(bytes);
            image.DefinesVersion(Version);
            image.WeakenVersionNeed(Library, Version);
        }
        catch (InvalidDataException)
        {
        }
    }
}
