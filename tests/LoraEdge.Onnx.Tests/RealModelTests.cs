namespace LoraEdge.Onnx.Tests;

public sealed class RealModelTests
{
    // Layers and skipped weights, counted from the exporters' node lists.
    [TestCase("stories15M/stories15M.onnx", 43, 0, TestName = "stories15M")]
    [TestCase("magika/fast_v2_1.onnx", 3, 0, TestName = "magika")]
    [TestCase("mlagents/3DBall.onnx", 3, 0, TestName = "3DBall")]
    [TestCase("mlagents/Basic.onnx", 2, 0, TestName = "Basic")]
    [TestCase("mlagents/GridFoodCollector.onnx", 6, 0, TestName = "GridFoodCollector")]
    [TestCase("mlagents/Hallway.onnx", 5, 0, TestName = "Hallway")]
    [TestCase("mlagents/Match3VectorObs.onnx", 5, 0, TestName = "Match3VectorObs")]
    [TestCase("mlagents/PushBlock.onnx", 3, 0, TestName = "PushBlock")]
    [TestCase("mlagents/Sorter.onnx", 11, 0, TestName = "Sorter")]
    public void Model_IsReadScannedAndWrittenBackByteForByte(string path, int layers, int skipped)
    {
        path = DataFolder.Require(Path.Combine("models", path));
        OnnxModel model = OnnxModel.Load(path);
        LayerScan scan = AdaptableLayers.Find(model.Graph);
        Assert.Multiple(() =>
        {
            Assert.That(model.ToBytes().AsSpan().SequenceEqual(File.ReadAllBytes(path)), Is.True);
            Assert.That(scan.Layers, Has.Count.EqualTo(layers));
            Assert.That(scan.Skipped, Has.Count.EqualTo(skipped));
            Assert.That(scan.Layers.Select(layer => model.Graph.InitializerNames[layer.InitializerIndex]), Is.EqualTo(scan.Layers.Select(layer => layer.WeightName)));
            Assert.That(scan.Layers.Select(layer => layer.InitializerIndex), Is.Ordered);
        });
    }

    [Test]
    public void Stories15M_HasTheProjectionsOfSixBlocksAndItsTiedEmbedding_WhichIsLeftOutUnlessIncluded()
    {
        OnnxModel model = OnnxModel.Load(DataFolder.Require("models/stories15M/stories15M.onnx"));
        LayerScan scan = AdaptableLayers.Find(model.Graph);
        LayerChoice choice = LayerSelection.Choose(scan, [], []);
        var expected = from block in Enumerable.Range(0, 6)
                       from layer in new[] { "attention.wq", "attention.wk", "attention.wv", "attention.wo", "feed_forward.w1", "feed_forward.w2", "feed_forward.w3" }
                       select $"layers.{block}.{layer}.weight";
        AdaptableLayer embedding = scan.Layers.Single(layer => layer.Name == "tok_embeddings.weight");
        Assert.Multiple(() =>
        {
            Assert.That(choice.Layers.Select(layer => layer.WeightName), Is.EquivalentTo(expected));
            Assert.That(choice.LeftOut.Single().Name, Is.EqualTo("tok_embeddings.weight"));
            Assert.That(scan.Layers.Where(layer => layer.WeightName.Contains("attention")).Select(layer => (layer.InFeatures, layer.OutFeatures)), Is.All.EqualTo((288, 288)));
            Assert.That(scan.Layers.Where(layer => layer.WeightName.EndsWith("w2.weight")).Select(layer => (layer.InFeatures, layer.OutFeatures)), Is.All.EqualTo((768, 288)));
            Assert.That((embedding.InFeatures, embedding.OutFeatures, embedding.IsTransposed, embedding.IsDirect), Is.EqualTo((288, 32_000, true, true)));
            Assert.That(embedding.Uses.Select(use => use.Kind), Is.EqualTo(new[] { LayerUseKind.Rows, LayerUseKind.Product }));
            Assert.That(LayerSelection.Choose(scan, ["tok_*"], []).Layers, Is.EqualTo(new[] { embedding }));
            Assert.That(model.Opsets[""], Is.EqualTo(17));
        });
    }

    [Test]
    public void Hallway_HasTheInputAndRecurrentWeightsOfItsLstm()
    {
        LayerScan scan = AdaptableLayers.Find(OnnxModel.Load(DataFolder.Require("models/mlagents/Hallway.onnx")).Graph);
        Assert.That(
            scan.Layers.Where(layer => layer.Storage == WeightStorage.Direction).Select(layer => (layer.Name, layer.InFeatures, layer.OutFeatures)),
            Is.EqualTo(new[] { ("94", 128, 256), ("95", 64, 256) }));
    }

    [Test]
    public void GridFoodCollector_HasItsConvolutions()
    {
        LayerScan scan = AdaptableLayers.Find(OnnxModel.Load(DataFolder.Require("models/mlagents/GridFoodCollector.onnx")).Graph);
        Assert.That(
            scan.Layers.Where(layer => layer.Storage == WeightStorage.Kernel).Select(layer => (layer.InFeatures, layer.OutFeatures)),
            Is.EqualTo(new[] { (5 * 8 * 8, 16), (16 * 4 * 4, 32) }));
    }

    [Test]
    public void ThreeDBall_HasGemmLayersStoredOutByIn()
    {
        OnnxModel model = OnnxModel.Load(DataFolder.Require("models/mlagents/3DBall.onnx"));
        IReadOnlyList<AdaptableLayer> layers = AdaptableLayers.Find(model.Graph).Layers;
        Assert.That(layers.Select(layer => (layer.InFeatures, layer.OutFeatures)), Is.EquivalentTo(new[] { (8, 128), (128, 128), (128, 2) }));
        Assert.That(layers.Select(layer => layer.IsTransposed), Is.All.True);
    }

    [Test]
    public void RealModels_HaveDistinctFingerprints_ThatSurviveWriting()
    {
        string[] paths = Directory.GetFiles(DataFolder.Require("models/mlagents"), "*.onnx");
        OnnxModel[] models = [.. paths.Select(OnnxModel.Load)];
        Assert.That(models.Select(model => model.Fingerprint), Is.Unique);
        foreach (OnnxModel model in models)
            Assert.That(OnnxModel.Parse(model.ToBytes(), "again").Fingerprint, Is.EqualTo(model.Fingerprint));
    }

    [Test]
    public void ConformanceModels_AreAllReadAndWrittenBackByteForByte()
    {
        string[] models = [.. Directory.GetDirectories(DataFolder.Require("onnx-node")).Select(folder => Path.Combine(folder, "model.onnx")).Where(File.Exists).Order()];
        Assert.That(models, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            foreach (string path in models)
            {
                OnnxModel model = OnnxModel.Load(path);
                _ = model.Fingerprint;
                AdaptableLayers.Find(model.Graph);
                Assert.That(model.ToBytes().AsSpan().SequenceEqual(File.ReadAllBytes(path)), Is.True, path);
            }
        });
    }
}
