namespace LoraEdge.Onnx;

/// <summary>
/// Finds the scores that an output is chosen from, or normalised from: back through operators that only choose, rename or
/// rearrange. A Softmax further back, as in attention, has other operators behind it and is not found.
/// </summary>
internal sealed class FinalScores
{
    /// <summary>Nodes that are looked at for one choice; what is further away is not its source, and no graph makes the search long.</summary>
    private const int MaxNodes = 256;

    private readonly OnnxGraph _graph;
    private readonly bool _insideChoice;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<(string Value, ObjectiveForm Form, string Source)> _found = [];

    private FinalScores(OnnxGraph graph, bool insideChoice) => (_graph, _insideChoice) = (graph, insideChoice);

    /// <summary>The scores behind an output; none when it is not made by a choice.</summary>
    public static IReadOnlyList<(string Value, ObjectiveForm Form, string Source)> Behind(OnnxGraph graph, string output) =>
        new FinalScores(graph, insideChoice: false).Search(output);

    private List<(string Value, ObjectiveForm Form, string Source)> Search(string output)
    {
        var open = new Stack<string>([output]);
        while (open.Count > 0 && _seen.Count < MaxNodes)
        {
            string value = open.Pop();
            if (!_seen.Add(value) || _graph.ProducerOf(value) is not { Domain.Length: 0, Inputs.Count: > 0 } node)
                continue;
            switch (node.OpType)
            {
                case "Softmax":
                    Add(node.Inputs[0], ObjectiveForm.Logits, $"the input of {node}");
                    break;
                case "LogSoftmax":
                    Add(node.Inputs[0], ObjectiveForm.Logits, $"the input of {node}");
                    Add(value, ObjectiveForm.LogProbabilities, $"the output of {node}");
                    break;
                case "ArgMax" or "Multinomial" when !_insideChoice:
                    AddChosenFrom(node);
                    break;
                default:
                    foreach (string passed in PassedOn(node).Reverse())
                        open.Push(passed);
                    break;
            }
        }

        return _found;
    }

    private void AddChosenFrom(OnnxNode choice)
    {
        List<(string Value, ObjectiveForm Form, string Source)> behind = new FinalScores(_graph, insideChoice: true).Search(choice.Inputs[0]);
        if (behind.Count > 0)
            _found.AddRange(behind);
        else
            Add(choice.Inputs[0], ObjectiveForm.Logits, $"the input of {choice}");
    }

    private void Add(string value, ObjectiveForm form, string source)
    {
        // A malformed node omits its input.
        if (value.Length > 0)
            _found.Add((value, form, source));
    }

    private IEnumerable<string> PassedOn(OnnxNode node) => node.OpType switch
    {
        "Concat" => node.Inputs,
        "Identity" or "Cast" or "Log" or "Squeeze" or "Unsqueeze" or "Reshape" or "Flatten" or "Transpose" or "Slice" or "Gather" or "Split" or "Clip" => [node.Inputs[0]],

        // A small constant is added before a logarithm.
        "Add" => node.Inputs.Where(input => !IsConstant(input)) is var varying && varying.Count() == 1 ? varying : [],
        _ => [],
    };

    private bool IsConstant(string value) => _graph.Initializers.ContainsKey(value) || _graph.ProducerOf(value) is { OpType: "Constant", Domain.Length: 0 };
}
