using LoraEdge.Inference.Generation;

namespace LoraEdge.Inference.Tests.Generation;

/// <summary>stories15M as it is, and its twin with a cache.</summary>
public sealed class StoriesTests
{
    [Test]
    public void Generate_WithACache_GivesTheTokensOfTheWholeSequence()
    {
        OnnxModel plain = OnnxModel.Load(TestData.Require("models/stories15M/stories15M.onnx"));
        OnnxModel cached = LlamaDecoder.Stories.Create(hasCache: true, name => plain.Graph.Initializers[name]);

        Assert.That(Story(cached, 60), Is.EqualTo(Story(plain, 60)));
    }

    private static IReadOnlyList<int> Story(OnnxModel model, int tokens)
    {
        using var serving = new ServingModel(model);
        using AdapterSlot slot = serving.Open();
        var options = new GenerationOptions { Temperature = 0, MaxTokens = tokens, ContextLength = 256 };
        return new SequenceGenerator(model).Generate(slot, [1, 9038, 2501, 263, 931], options).Tokens;
    }
}
