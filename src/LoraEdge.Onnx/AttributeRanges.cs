namespace LoraEdge.Onnx;

/// <summary>
/// Attributes that count or measure something. ONNX Runtime divides by some of them, takes others for sizes, and hands others to
/// generators of random numbers, without looking.
/// </summary>
internal static class AttributeRanges
{
    private const long Most = 1 << 24;

    private static readonly Dictionary<string, (long Least, long Most)> s_ranges = new(StringComparer.Ordinal)
    {
        ["batch_dims"] = (0, 64),
        ["block_size"] = (0, Most),
        ["blocksize"] = (1, 1 << 12),
        ["group"] = (1, Most),
        ["hidden_size"] = (1, Most),
        ["kv_num_heads"] = (1, Most),
        ["num_groups"] = (1, Most),
        ["num_heads"] = (0, Most),
        ["output_height"] = (1, 1 << 12),
        ["output_width"] = (1, 1 << 12),
        ["q_num_heads"] = (1, Most),
        ["rotary_embedding_dim"] = (0, Most),
        ["sample_size"] = (1, Most),
    };

    private static readonly HashSet<string> s_steps = new(StringComparer.Ordinal) { "dilations", "kernel_shape", "strides" };

    /// <summary>What is wrong with a node, as the end of a sentence; null when nothing is.</summary>
    public static string? ProblemOf(OnnxNode node)
    {
        if (node.Domain is not ("" or "com.microsoft"))
            return null;
        foreach (string name in node.AttributeNames)
        {
            if (s_ranges.TryGetValue(name, out (long Least, long Most) range) && node.GetInt(name, 1) is var number && !(number >= LeastOf(node, name, range.Least) && number <= range.Most))
                return $"has {name} {number}, which must be {LeastOf(node, name, range.Least)} to {range.Most}";
            if (s_steps.Contains(name) && node.GetInts(name) is { } steps && steps.Any(step => step is < 1 or > Most))
                return $"has {name} [{string.Join(",", steps)}], which must be 1 to {Most} each";
        }

        return ProblemOfNoise(node);
    }

    private static string? ProblemOfNoise(OnnxNode node) => node.OpType switch
    {
        "RandomUniform" or "RandomUniformLike" when !(node.GetFloat("low", 0) <= node.GetFloat("high", 1)) || float.IsInfinity(node.GetFloat("high", 1) - node.GetFloat("low", 0)) =>
            $"draws from {node.GetFloat("low", 0)} to {node.GetFloat("high", 1)}",
        "RandomNormal" or "RandomNormalLike" when !(node.GetFloat("scale", 1) > 0) => $"draws with the deviation {node.GetFloat("scale", 1)}",
        _ => null,
    };

    /// <summary>A rotation works on the whole width where no heads are given.</summary>
    private static long LeastOf(OnnxNode node, string attribute, long least) => attribute == "num_heads" && node.OpType != "RotaryEmbedding" ? 1 : least;
}
