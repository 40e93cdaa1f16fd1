namespace LoraEdge.Fuzz.Tests;

/// <summary>The valid models that cases are made from.</summary>
internal static class Seeds
{
    private static readonly string s_nodes = Path.Combine(TestData.Root, "onnx-node");
    private static readonly string s_policies = Path.Combine(TestData.Root, "models", "mlagents");

    /// <summary>Models of the kinds that are adapted, from the test kit.</summary>
    public static IReadOnlyList<(string Name, Func<byte[]> Read)> Built { get; } =
    [
        ("policy", () => TinyModels.Policy().ToBytes()),
        ("bert", () => OptimizedBert.Create(1).ToBytes()),
        ("llama", () => OptimizedLlama.Create().ToBytes()),
        ("llama with cache", () => OptimizedLlama.Create(hasCache: true).ToBytes()),
        .. LayerModels.Products.Concat(LayerModels.TiedWeights).Concat(LayerModels.Convolutions).Concat(LayerModels.Quantized).Concat(LayerModels.Recurrences).Concat(LayerModels.Fused)
            .Select(layer => (layer.Name, (Func<byte[]>)(() => layer.Build().ToBytes()))),
    ];

    /// <summary>ONNX's own node models; empty where the shared data is absent.</summary>
    public static IReadOnlyList<(string Name, Func<byte[]> Read)> Nodes { get; } =
        Directory.Exists(s_nodes) ? [.. Directory.GetDirectories(s_nodes).Order(StringComparer.Ordinal).Select(folder => (Path.GetFileName(folder), Content(Path.Combine(folder, "model.onnx"))))] : [];

    /// <summary>Real policies of up to half a megabyte; empty where the shared data is absent.</summary>
    public static IReadOnlyList<(string Name, Func<byte[]> Read)> Policies { get; } =
        Directory.Exists(s_policies) ? [.. new[] { "3DBall", "Basic", "Hallway" }.Select(name => (name, Content(Path.Combine(s_policies, name + ".onnx"))))] : [];

    /// <summary>Any of them: half from each of the two large kinds, now and then a real one.</summary>
    public static (string Name, Func<byte[]> Read) Pick(Random random)
    {
        IReadOnlyList<(string, Func<byte[]>)> kind = random.Next(100) switch { < 60 => Nodes, < 97 => Built, _ => Policies };
        kind = kind.Count > 0 ? kind : Built;
        return kind[random.Next(kind.Count)];
    }

    private static Func<byte[]> Content(string path) => () => File.ReadAllBytes(path);
}
