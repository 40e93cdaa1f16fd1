namespace LoraEdge.Training.Tests;

/// <summary>The model that was read last is not read again.</summary>
public sealed class ModelCacheTests
{
    [Test]
    public void AFileThatIsAsItWas_IsReadOnce()
    {
        using var folder = new TemporaryFolder();
        TinyModels.Policy().Save(folder.File("model.onnx"));
        var cache = new ModelCache();

        OnnxModel model = cache.Load(folder.File("model.onnx"));

        Assert.That(cache.Load(folder.File("model.onnx")), Is.SameAs(model));
        GC.KeepAlive(model);
    }

    [Test]
    public void AFileThatHasChanged_IsReadAgain()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.onnx");
        TinyModels.Policy().Save(path);
        var cache = new ModelCache();
        OnnxModel model = cache.Load(path);

        TinyModels.Policy(seed: 5).Save(path);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));

        Assert.That(cache.Load(path).Fingerprint, Is.EqualTo(TinyModels.Policy(seed: 5).Fingerprint).And.Not.EqualTo(model.Fingerprint));
    }

    [Test]
    public void AFileThatIsMissing_IsTheErrorOfTheReader() =>
        Assert.Throws<ModelFormatException>(() => new ModelCache().Load("nowhere.onnx"));
}
