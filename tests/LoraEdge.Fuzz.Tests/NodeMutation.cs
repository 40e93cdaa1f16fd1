using Google.Protobuf.Collections;
using LoraEdge.Onnx.Protos;
using LoraEdge.Training.Execution;

namespace LoraEdge.Fuzz.Tests;

/// <summary>Damage to nodes and to how they hang together.</summary>
internal static class NodeMutation
{
    private static readonly (string Domain, string OpType)[] s_operators =
        [.. OperatorTable.Default.Forms.Select(form => (form.Domain, form.OpType)).Distinct().OrderBy(form => form.OpType, StringComparer.Ordinal)];

    public static string? Remove(ModelProto model, Random random)
    {
        if (Pick(model, random) is not { } node)
            return null;
        model.Graph.Node.Remove(node);
        return $"{node.OpType} taken out";
    }

    public static string? Duplicate(ModelProto model, Random random)
    {
        if (Pick(model, random) is not { } node)
            return null;
        NodeProto copy = node.Clone();
        // With outputs of its own, half of the time, which take the place of the original's.
        if (random.Next(2) == 0 && copy.Output.Count > 0)
        {
            Rename(model, copy.Output[0], copy.Output[0] + ".copy");
            copy.Output[0] += ".copy";
            if (copy.Input.Count > 0)
                copy.Input[0] = node.Output[0];
        }

        model.Graph.Node.Add(copy);
        return $"{node.OpType} twice";
    }

    public static string? Swap(ModelProto model, Random random)
    {
        RepeatedField<NodeProto> nodes = model.Graph.Node;
        if (nodes.Count < 2)
            return null;
        (int one, int other) = (random.Next(nodes.Count), random.Next(nodes.Count));
        (nodes[one], nodes[other]) = (nodes[other], nodes[one]);
        return "nodes swapped";
    }

    public static string? ReadLaterValue(ModelProto model, Random random)
    {
        RepeatedField<NodeProto> nodes = model.Graph.Node;
        if (Pick(model, random) is not { Input.Count: > 0 } node || random.Any([.. nodes.Skip(nodes.IndexOf(node))]) is not { Output.Count: > 0 } later)
            return null;
        node.Input[random.Next(node.Input.Count)] = later.Output[0];
        return $"{node.OpType} in a cycle";
    }

    public static string? ReadOtherValue(ModelProto model, Random random)
    {
        string[] values = [.. model.Graph.Input.Select(input => input.Name), .. model.Graph.Initializer.Select(tensor => tensor.Name), .. model.Graph.Node.SelectMany(node => node.Output)];
        if (Pick(model, random) is not { Input.Count: > 0 } node || random.Any(values) is not { } value)
            return null;
        node.Input[random.Next(node.Input.Count)] = value;
        return $"{node.OpType} reads '{value}'";
    }

    public static string? Rename(ModelProto model, Random random)
    {
        if (Pick(model, random) is not { Output.Count: > 0 } node)
            return null;
        string[] names = ["other", "", "x", new string('n', 5000), "a\0b", "ü"];
        node.Output[random.Next(node.Output.Count)] = names[random.Next(names.Length)];
        return $"output of {node.OpType} renamed";
    }

    public static string? OmitInput(ModelProto model, Random random)
    {
        if (Pick(model, random) is not { Input.Count: > 0 } node)
            return null;
        node.Input[random.Next(node.Input.Count)] = "";
        return $"input of {node.OpType} omitted";
    }

    public static string? AddInput(ModelProto model, Random random)
    {
        if (Pick(model, random) is not { Input.Count: > 0 } node)
            return null;
        node.Input.Add(node.Input[random.Next(node.Input.Count)]);
        return $"another input of {node.OpType}";
    }

    public static string? RemoveInput(ModelProto model, Random random)
    {
        if (Pick(model, random) is not { Input.Count: > 0 } node)
            return null;
        node.Input.RemoveAt(random.Next(node.Input.Count));
        return $"input of {node.OpType} removed";
    }

    public static string? AddOutput(ModelProto model, Random random)
    {
        if (Pick(model, random) is not { } node)
            return null;
        node.Output.Add("another");
        return $"another output of {node.OpType}";
    }

    public static string? RemoveOutput(ModelProto model, Random random)
    {
        if (Pick(model, random) is not { Output.Count: > 0 } node)
            return null;
        node.Output.RemoveAt(random.Next(node.Output.Count));
        return $"output of {node.OpType} removed";
    }

    public static string? ChangeOperator(ModelProto model, Random random)
    {
        if (Pick(model, random) is not { } node)
            return null;
        (string domain, string type) = s_operators[random.Next(s_operators.Length)];
        string was = node.OpType;
        (node.Domain, node.OpType) = (domain, type);
        if (model.OpsetImport.All(import => import.Domain != domain))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = 1 });
        return $"{was} is {type} now";
    }

    public static string? ChangeOpset(ModelProto model, Random random)
    {
        if (random.Any(model.OpsetImport) is not { } import)
            return null;
        import.Version = random.Next(4) == 0 ? random.Integer() : random.Next(1, 24);
        return $"opset {import.Version}";
    }

    private static NodeProto? Pick(ModelProto model, Random random) => random.Any(model.Graph.Node);

    private static void Rename(ModelProto model, string from, string to)
    {
        foreach (NodeProto node in model.Graph.Node)
        {
            for (int i = 0; i < node.Input.Count; i++)
                node.Input[i] = node.Input[i] == from ? to : node.Input[i];
        }

        foreach (ValueInfoProto output in model.Graph.Output.Where(output => output.Name == from))
            output.Name = to;
    }
}
