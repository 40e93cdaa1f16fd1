using NUnit.Framework;
using Rival.Play;

namespace Rival.Tests.Play;

[TestFixture]
internal sealed class ProfileCatalogueTests
{
    [Test]
    public void Profiles_AreThere_WhenTheMenuIsOpenedAgain()
    {
        using var scratch = new Scratch();
        ProfileCatalogue menu = ProfileCatalogue.Open(scratch.At("menu.json"));
        ProfileEntry ada = menu.Add("Ada", ProfileKind.Player)!;
        menu.Add("A friend", ProfileKind.Imported);
        ProfileEntry renamed = menu.Rename(ada, "Ada L.")!;
        ProfileCatalogue again = ProfileCatalogue.Open(scratch.At("menu.json"));
        Assert.Multiple(() =>
        {
            Assert.That(again.Entries, Is.EqualTo(menu.Entries));
            Assert.That(renamed.Id, Is.EqualTo(ada.Id), "a new name moves no file");
            Assert.That(File.ReadAllText(scratch.At("menu.json")), Does.Not.Contain("\"Ada\""), "the old name is nowhere");
            Assert.That(Directory.GetFiles(scratch.Folder), Has.Length.EqualTo(1));
        });
    }

    [Test]
    public void NameThatIsTaken_GetsANumber_AndCannotBeTakenByRenaming()
    {
        using var scratch = new Scratch();
        ProfileCatalogue menu = ProfileCatalogue.Open(scratch.At("menu.json"));
        ProfileEntry first = menu.Add("Ada", ProfileKind.Player)!;
        ProfileEntry second = menu.Add("ada", ProfileKind.Player)!;
        Assert.Multiple(() =>
        {
            Assert.That(second.Name, Is.EqualTo("ada 2"));
            Assert.That(menu.Rename(first, "ADA 2"), Is.Null);
            Assert.That(menu.Rename(first, "ADA")?.Name, Is.EqualTo("ADA"), "its own name in another spelling");
        });
    }

    [Test]
    public void Menu_HasAnEnd()
    {
        using var scratch = new Scratch();
        ProfileCatalogue menu = ProfileCatalogue.Open(scratch.At("menu.json"));
        for (int i = 0; i < ProfileCatalogue.MostProfiles; i++)
            Assert.That(menu.Add($"P{i}", ProfileKind.Player), Is.Not.Null);
        Assert.That(menu.Add("one more", ProfileKind.Player), Is.Null);
    }

    [TestCase("{")]
    [TestCase("[1]")]
    [TestCase("{\"Id\":\"x\"}")]
    public void DamagedMenu_IsSetAside(string content)
    {
        using var scratch = new Scratch();
        string path = scratch.Write("menu.json", content);
        Assert.That(ProfileCatalogue.Open(path).Entries, Is.Empty);
        Assert.That(File.ReadAllText(path + ".damaged"), Is.EqualTo(content));
    }

    [TestCase("[null,{\"Id\":\"\",\"Name\":\"x\",\"Kind\":\"Player\"},{\"Id\":\"a\",\"Name\":null,\"Kind\":\"Player\"},{\"Id\":\"b\",\"Name\":\"b\",\"Kind\":\"Player\"}]")]
    public void Entries_ThatMakeNoSense_AreLeftOut(string content)
    {
        using var scratch = new Scratch();
        Assert.That(ProfileCatalogue.Open(scratch.Write("menu.json", content)).Entries.Select(entry => entry.Name), Is.EqualTo(new[] { "b" }));
    }

    [TestCase("")]
    [TestCase("   ")]
    [TestCase("a\nb")]
    [TestCase("a\0b")]
    [TestCase("12345678901234567890123456789012345678901")]
    public void Name_ThatCannotBeShown_IsRefused(string name) => Assert.That(ProfileCatalogue.ProblemOf(name), Is.Not.Null);

    [Test]
    public void Name_OfHalfASurrogatePair_IsRefused() => Assert.That(ProfileCatalogue.ProblemOf("a\ud83d"), Is.Not.Null);

    [TestCase("Ada")]
    [TestCase("Štěpán \ud83d\ude00")]
    [TestCase("../../etc")]
    public void Name_ThatIsOnlyUnusual_IsTaken(string name) => Assert.That(ProfileCatalogue.ProblemOf(name), Is.Null);

    [Test]
    public void ReadOnlyMenu_WritesNothing()
    {
        using var scratch = new Scratch();
        ProfileCatalogue.Open(scratch.At("menu.json"), isReadOnly: true).Add("Ada", ProfileKind.Player);
        Assert.That(Directory.GetFiles(scratch.Folder), Is.Empty);
    }
}
