using LoraEdge.Onnx;

namespace LoraEdge.Inference.Generation;

/// <summary>
/// Which input and which output of a decoder carries what, by name: <c>input_ids</c>, or the one integer input of rank 2;
/// <c>attention_mask</c>, <c>position_ids</c> and <c>use_cache_branch</c> (Optimum's merged decoders) where the model has them;
/// the cache (<see cref="KeyValueLayout"/>); <c>logits</c>. Immutable.
/// </summary>
internal sealed class DecoderLayout
{
    private const string TokensName = "input_ids", MaskName = "attention_mask", PositionsName = "position_ids", BranchName = "use_cache_branch", LogitsName = "logits";

    /// <summary>Recognises a model.</summary>
    /// <exception cref="ModelFormatException">It is no decoder that can be fed; the message names the input or output.</exception>
    public DecoderLayout(OnnxModel model)
    {
        Model = model.Name;
        OnnxGraph graph = model.Graph;
        Cache = KeyValueLayout.Find(graph, Model);
        Tokens = TokensOf(graph);
        Mask = Optional(graph, MaskName);
        Positions = Optional(graph, PositionsName);
        HasBranch = graph.Inputs.Any(input => input is { Name: BranchName, ElementType: (int)TensorElementType.Boolean });
        RequireKnown(graph);
        RequireLength();
        ValueInfo logits = LogitsOf(graph);
        Logits = logits.Name;
        Vocabulary = logits.Shape?[logits.Shape.Count - 1].Size;
    }

    /// <summary>Name of the model, for messages.</summary>
    public string Model { get; }

    /// <summary>The tokens of a run.</summary>
    public IntegerInput Tokens { get; }

    /// <summary>1 for every token in the cache or the run, 0 for padding; null where the model takes none.</summary>
    public IntegerInput? Mask { get; }

    /// <summary>The position of each token of the run; null where the model counts by itself.</summary>
    public IntegerInput? Positions { get; }

    /// <summary>Whether the model is told if there is a cache already.</summary>
    public bool HasBranch { get; }

    /// <summary>What goes from one run to the next; empty for a model that is run on the whole sequence each time.</summary>
    public IReadOnlyList<CachedValue> Cache { get; }

    /// <summary>Name of the output with a number for each token of the vocabulary, <c>(1, length, vocabulary)</c>, or of the last token alone.</summary>
    public string Logits { get; }

    /// <summary>Number of tokens of the vocabulary; null where the model does not declare it.</summary>
    public long? Vocabulary { get; }

    /// <summary>Inputs of a run, without the cache.</summary>
    /// <param name="sequence">The whole sequence.</param>
    /// <param name="first">How many of its tokens are in the cache.</param>
    public Dictionary<string, HostTensor> Feed(IReadOnlyList<int> sequence, int first)
    {
        // A model of fixed length gets padding behind the sequence, where a decoder does not look.
        int length = Tokens.FixedLength ?? sequence.Count - first;
        var inputs = new Dictionary<string, HostTensor>(StringComparer.Ordinal) { [Tokens.Name] = Tokens.Fill(length, i => first + i < sequence.Count ? sequence[first + i] : 0) };
        if (Mask is not null)
            inputs[Mask.Name] = Mask.Fill(first + length, i => i < sequence.Count ? 1 : 0);
        if (Positions is not null)
            inputs[Positions.Name] = Positions.Fill(length, i => first + i);
        if (HasBranch)
            inputs[BranchName] = HostTensor.From([first > 0], 1);
        return inputs;
    }

    private IntegerInput TokensOf(OnnxGraph graph)
    {
        ValueInfo[] candidates = [.. graph.Inputs.Where(input => input.Name == TokensName)];
        if (candidates.Length == 0)
            candidates = [.. graph.Inputs.Where(input => IntegerInput.CanBe(input) && input.Name is not (MaskName or PositionsName))];
        return candidates.Length == 1
            ? IntegerInput.From(candidates[0], Model)
            : throw new ModelFormatException($"{Model} has no input '{TokensName}', nor one other input of integers (batch, length), for the tokens. Its inputs are {Names(graph.Inputs)}. Generation needs a decoder: export one for text generation.");
    }

    private IntegerInput? Optional(OnnxGraph graph, string name) =>
        graph.Inputs.FirstOrDefault(input => input.Name == name) is { } input ? IntegerInput.From(input, Model) : null;

    private void RequireKnown(OnnxGraph graph)
    {
        ValueInfo? unknown = graph.Inputs.FirstOrDefault(input => !KeyValueLayout.IsPast(input)
            && input.Name != Tokens.Name && input.Name != Mask?.Name && input.Name != Positions?.Name && !(HasBranch && input.Name == BranchName));
        if (unknown is not null)
            throw new ModelFormatException($"Generation does not know what to feed to the input '{unknown.Name}' of {Model}. It knows {TokensName}, {MaskName}, {PositionsName}, {BranchName} and a cache such as past_key_values.0.key. Export a decoder without other inputs.");
    }

    private void RequireLength()
    {
        if (Cache.Count > 0 && Tokens.FixedLength is { } length)
            throw new ModelFormatException($"The input '{Tokens.Name}' of {Model} has a fixed length of {length} although there is a cache. Export the model with dynamic axes.");
        foreach (IntegerInput? input in new[] { Mask, Positions })
        {
            if (input is { FixedLength: not null } && input.FixedLength != Tokens.FixedLength)
                throw new ModelFormatException($"The input '{input.Name}' of {Model} has a fixed length of {input.FixedLength}, and '{Tokens.Name}' has not. Export the model with the same length for both.");
        }
    }

    private ValueInfo LogitsOf(OnnxGraph graph)
    {
        ValueInfo[] candidates = [.. graph.Outputs.Where(output => output.Name == LogitsName)];
        if (candidates.Length == 0)
            candidates = [.. graph.Outputs.Where(output => !KeyValueLayout.IsPresent(output))];
        if (candidates.Length != 1)
            throw new ModelFormatException($"{Model} has no output '{LogitsName}', nor one other output beside its cache. Its outputs are {Names(graph.Outputs)}. Generation needs a decoder with a head over the vocabulary.");
        return candidates[0] is { ElementType: OnnxDataType.Float, Shape: null or { Count: 2 or 3 } }
            ? candidates[0]
            : throw new ModelFormatException($"The output '{candidates[0].Name}' of {Model} is no Float32 of shape (batch, length, vocabulary), as logits are. Cast it when exporting.");
    }

    private static string Names(IEnumerable<ValueInfo> values) => string.Join(", ", values.Select(value => $"'{value.Name}'"));
}
