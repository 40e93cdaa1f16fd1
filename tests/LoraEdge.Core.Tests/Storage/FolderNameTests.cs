namespace LoraEdge.Tests.Storage;

public sealed class FolderNameTests
{
    [TestCase("ada", "ada")]
    [TestCase("player-1", "player-1")]
    [TestCase("Ada", "_41da")]
    [TestCase("../../etc", "_2e_2e_2f_2e_2e_2fetc")]
    [TestCase("c:\\x", "c_3a_5cx")]
    [TestCase("a_b", "a_5fb")]
    [TestCase("Žofie", "_c5_bdofie")]
    [TestCase("con", "_63on")]
    [TestCase("com1", "_63om1")]
    [TestCase("console", "console")]
    [TestCase(".", "_2e")]
    public void AName_StaysInsideTheFolderAndDiffers(string name, string folder) => Assert.That(FolderName.Encode(name), Is.EqualTo(folder));

    [Test]
    public void ALongName_IsItsHash()
    {
        string folder = FolderName.Encode(new string('x', 121));

        Assert.That(folder, Has.Length.EqualTo(66).And.StartsWith("_x"));
        Assert.That(FolderName.Encode(new string('x', 122)), Is.Not.EqualTo(folder));
        Assert.That(FolderName.Encode(new string('x', 120)), Has.Length.EqualTo(120));
    }

    [Test]
    public void AName_ThatIsNone_IsRefused()
    {
        Assert.That(() => FolderName.Encode(""), Throws.TypeOf<InvalidInputException>());
        Assert.That(() => FolderName.Encode("\ud800"), Throws.TypeOf<InvalidInputException>(), "half of a surrogate pair");
    }
}
