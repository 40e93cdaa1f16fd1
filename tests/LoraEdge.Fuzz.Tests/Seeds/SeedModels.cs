namespace LoraEdge.Fuzz.Tests.Seeds;

/// <summary>The models that cases begin with: those built here, and, where the test data is there, ONNX's node tests and small policies.</summary>
internal sealed class SeedModels
{
    private static readonly string[] s_policies = ["Basic", "3DBall", "Hallway"];

    private readonly IReadOnlyList<FuzzSeed> _built = [.. BuiltModels.All()];
    private readonly IReadOnlyList<FuzzSeed> _policies = [.. s_policies.Select(name => Path.Combine(TestData.Root, "models", "mlagents", $"{name}.onnx")).Where(File.Exists).Select(FromFile)];
    private readonly IReadOnlyList<string> _nodes = NodeFolders();

    /// <summary>Draws one: half of them are node tests, since those have most operators.</summary>
    public FuzzSeed Draw(Random random) => random.Next(20) switch
    {
        < 1 when _policies.Count > 0 => random.Pick(_policies),
        < 11 when _nodes.Count > 0 => FromNodeTest(random.Pick(_nodes)),
        _ => random.Pick(_built),
    };

    private static IReadOnlyList<string> NodeFolders()
    {
        string folder = Path.Combine(TestData.Root, "onnx-node");
        return Directory.Exists(folder) ? [.. Directory.GetDirectories(folder).Where(path => File.Exists(Path.Combine(path, "model.onnx"))).OrderBy(path => path, StringComparer.Ordinal)] : [];
    }

    private static FuzzSeed FromFile(string path) => new(Path.GetFileNameWithoutExtension(path), File.ReadAllBytes(path), new Dictionary<string, Initializer>());

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
