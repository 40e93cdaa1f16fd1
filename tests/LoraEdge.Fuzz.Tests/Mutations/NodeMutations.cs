using Google.Protobuf.Collections;
using LoraEdge.Onnx.Protos;
using LoraEdge.Training.Execution;

namespace LoraEdge.Fuzz.Tests.Mutations;

/// <summary>Nodes that are others, missing, there twice, in another order, or connected otherwise.</summary>
internal static class NodeMutations
{
    private const string Microsoft = "com.microsoft";

    /// <summary>All that LoraEdge executes, and some that only ONNX Runtime does.</summary>
    private static readonly (string Domain, string OpType)[] s_operators =
    [
        .. OperatorTable.Default.Forms.Select(form => (form.Domain, form.OpType)).Distinct().OrderBy(form => form, Comparer<(string, string)>.Create((a, b) => string.CompareOrdinal($"{a}", $"{b}"))),
        ("", "Loop"), ("", "Scan"), ("", "NonMaxSuppression"), ("", "StringNormalizer"), ("", "SequenceConstruct"), ("", "SequenceAt"), ("", "SplitToSequence"), ("", "ConcatFromSequence"), ("", "Optional"),
        ("", "TfIdfVectorizer"), ("", "ImageDecoder"), ("", "RegexFullMatch"), ("", "StringConcat"), ("", "MaxRoiPool"), ("", "Upsample"), ("", "Scatter"), ("", "Det"), ("", "AffineGrid"), ("", "DeformConv"),
        (Microsoft, "Inverse"), (Microsoft, "EmbedLayerNormalization"), (Microsoft, "NGramRepeatBlock"), (Microsoft, "BeamSearch"), (Microsoft, "QAttention"), (Microsoft, "QGemm"), (Microsoft, "MatMulNBits"),
        (Microsoft, "GatherND"), (Microsoft, "Range"), (Microsoft, "Tokenizer"), (Microsoft, "Pad"), (Microsoft, "Unique"), (Microsoft, "MurmurHash3"), (Microsoft, "ExpandDims"), (Microsoft, "CropAndResize"),
        ("ai.onnx.ml", "TreeEnsembleClassifier"), ("ai.onnx.ml", "ArrayFeatureExtractor"), ("ai.onnx.ml", "SVMRegressor"), ("ai.onnx.ml", "LabelEncoder"), ("ai.onnx.ml", "Normalizer"),
    ];

    private static readonly string[] s_names = ["renamed", "renamed", "", "", "a\0b", "\u00fc", new('n', 5000)];

    /// <summary>Another operator on the same inputs; half of the time one that the graph has anyway.</summary>
    public static void ChangeOperator(ModelProto model, Random random)
    {
        if (Parts.Node(model, random) is not { } node)
            return;
        if (random.Percent(10))
        {
            node.Domain = random.Pick(["", "ai.onnx", Microsoft, "ai.onnx.ml", "nowhere"]);
            return;
        }

        (node.Domain, node.OpType) = random.Pick(s_operators);
        if (node.Domain.Length > 0 && model.OpsetImport.All(import => import.Domain != node.Domain))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = node.Domain, Version = 1 });
    }

    /// <summary>Removes a node.</summary>
    public static void Remove(ModelProto model, Random random)
    {
        if (Parts.Graph(model, random) is { } graph)
            graph.Node.RemoveAt(random.Next(graph.Node.Count));
    }

    /// <summary>Puts a node in twice, with outputs of its own or the same.</summary>
    public static void Duplicate(ModelProto model, Random random)
    {
        if (Parts.Graph(model, random) is not { } graph)
            return;
        NodeProto copy = random.Pick(graph.Node).Clone();
        for (int i = 0; i < copy.Output.Count && random.Percent(80); i++)
            copy.Output[i] += " again";
        graph.Node.Insert(random.Next(graph.Node.Count + 1), copy);
        if (copy.Output.Count > 0 && random.Percent(50))
            NodeMutations.Replace(random.Pick(graph.Node).Input, copy.Output[0], random);
    }

    /// <summary>Exchanges two nodes, or two inputs or outputs of one.</summary>
    public static void Swap(ModelProto model, Random random)
    {
        if (Parts.Graph(model, random) is not { } graph)
            return;
        NodeProto node = random.Pick(graph.Node);
        if (random.Percent(30))
            ListMutations.Swap(graph.Node, random);
        else if (node.Input.Count > 1 && random.Percent(80))
            ListMutations.Swap(node.Input, random);
        else if (node.Output.Count > 1)
            ListMutations.Swap(node.Output, random);
    }

    /// <summary>Lets a node read another value.</summary>
    public static void Rewire(ModelProto model, Random random)
    {
        if (Parts.Graph(model, random) is { } graph)
            Replace(random.Pick(graph.Node).Input, Parts.Name(random.Percent(80) ? graph : model.Graph, random), random);
    }

    /// <summary>Lets a node read what it, or a later one, computes.</summary>
    public static void MakeCycle(ModelProto model, Random random)
    {
        if (Parts.Graph(model, random) is not { } graph)
            return;
        int at = random.Next(graph.Node.Count);
        NodeProto later = graph.Node[random.Next(at, graph.Node.Count)];
        if (later.Output.Count > 0)
            Replace(graph.Node[at].Input, random.Pick(later.Output), random);
    }

    /// <summary>Gives a result another name, which may be one that is there already.</summary>
    public static void RenameOutput(ModelProto model, Random random)
    {
        if (Parts.Graph(model, random) is not { } graph)
            return;
        NodeProto node = random.Pick(graph.Node);
        Replace(node.Output, random.Percent(40) ? Parts.Name(graph, random) : random.Pick(s_names), random);
    }

    /// <summary>Leaves an input out, by an empty name or altogether.</summary>
    public static void OmitInput(ModelProto model, Random random)
    {
        if (Parts.Node(model, random) is not { Input.Count: > 0 } node)
            return;
        if (random.Percent(50))
            node.Input.RemoveAt(node.Input.Count - 1);
        else
            node.Input[random.Next(node.Input.Count)] = "";
    }

    /// <summary>Adds an input to a node.</summary>
    public static void AddInput(ModelProto model, Random random)
    {
        if (Parts.Graph(model, random) is { } graph)
            random.Pick(graph.Node).Input.Add(random.Percent(10) ? "" : Parts.Name(graph, random));
    }

    /// <summary>Adds an output to a node, or removes its last one.</summary>
    public static void AddOutput(ModelProto model, Random random)
    {
        if (Parts.Node(model, random) is not { } node)
            return;
        if (node.Output.Count > 1 && random.Percent(40))
            node.Output.RemoveAt(node.Output.Count - 1);
        else
            node.Output.Add(random.Percent(20) ? "" : $"more {random.Next(3)}");
    }

    private static void Replace(RepeatedField<string> names, string name, Random random)
    {
        if (names.Count > 0)
            names[random.Next(names.Count)] = name;
    }
}
