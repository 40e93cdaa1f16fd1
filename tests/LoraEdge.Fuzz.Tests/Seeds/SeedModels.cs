namespace LoraEdge.Fuzz.Tests.Seeds;

/// <summary>The models that cases begin with: those built here and in the test kit, and, where the test data is there, ONNX's node tests and small policies.</summary>
internal static class SeedModels
{
    private static readonly string[] s_policies = ["Basic", "3DBall", "Hallway"];

    private static readonly IReadOnlyList<FuzzSeed> s_built = [.. BuiltModels.All()];
    private static readonly IReadOnlyList<LayerModel> s_layers = [.. LayerModels.All];
    private static readonly IReadOnlyList<string> s_realModels = [.. s_policies.Select(name => Path.Combine(TestData.Root, "models", "mlagents", $"{name}.onnx")).Where(File.Exists)];
    private static readonly IReadOnlyList<string> s_nodeTests = NodeFolders();

    /// <summary>Draws one: half of them are node tests, since those have most operators.</summary>
    public static FuzzSeed Draw(Random random) => random.Next(20) switch
    {
        < 1 when s_realModels.Count > 0 => FromFile(random.Pick(s_realModels)),
        < 10 when s_nodeTests.Count > 0 => FromNodeTest(random.Pick(s_nodeTests)),
        < 13 => FromLayer(random.Pick(s_layers)),
        _ => random.Pick(s_built),
    };

    private static IReadOnlyList<string> NodeFolders()
    {
        string folder = Path.Combine(TestData.Root, "onnx-node");
        return Directory.Exists(folder) ? [.. Directory.GetDirectories(folder).Where(path => File.Exists(Path.Combine(path, "model.onnx"))).OrderBy(path => path, StringComparer.Ordinal)] : [];
    }

    private static FuzzSeed FromFile(string path) => new(Path.GetFileNameWithoutExtension(path), File.ReadAllBytes(path), new Dictionary<string, Initializer>());

    private static FuzzSeed FromLayer(LayerModel layer) => new(layer.Name, layer.Build().ToBytes(), new Dictionary<string, Initializer>());

    private static FuzzSeed FromNodeTest(string folder)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(folder, "model.onnx"));
        var inputs = new Dictionary<string, Initializer>();
        IReadOnlyList<ValueInfo> declared = OnnxModel.Parse(bytes, "seed").Graph.Inputs;
        for (int i = 0; i < declared.Count; i++)
        {
            string file = Path.Combine(folder, "test_data_set_0", $"input_{i}.pb");
            if (File.Exists(file) && TryParse(file) is { } tensor)
                inputs[declared[i].Name] = tensor;
        }

        return new FuzzSeed(Path.GetFileName(folder), bytes, inputs);
    }

    // Some hold a sequence, which is no tensor.
    private static Initializer? TryParse(string file)
    {
        try
        {
            return Initializer.Parse(File.ReadAllBytes(file), file);
        }
        catch (ModelFormatException)
        {
            return null;
        }
    }
}
