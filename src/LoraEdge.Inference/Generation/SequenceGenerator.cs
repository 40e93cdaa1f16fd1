using LoraEdge.Onnx;

namespace LoraEdge.Inference.Generation;

/// <summary>
/// Continues sequences of tokens with a language model, with the adapter that a slot serves. Works with decoders that take and
/// give keys and values (<c>past_key_values</c>, <c>present</c>) and with those that run on the whole sequence for each token.
/// Immutable; any number of threads may generate.
/// </summary>
public sealed class SequenceGenerator
{
    private readonly DecoderLayout _layout;

    /// <summary>Recognises the model's inputs and outputs by their names, those of Hugging Face Optimum's exports (docs/language-models.md).</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="ModelFormatException">It is no decoder that can be fed; the message names the input or output.</exception>
    public SequenceGenerator(OnnxModel model) => _layout = new DecoderLayout(model);

    /// <summary>Whether keys and values are kept, so that each token costs one token's work.</summary>
    public bool HasCache => _layout.Cache.Count > 0;

    /// <summary>
    /// Continues a prompt, on the calling thread. The whole sequence runs on the session that serves when it begins: an adapter
    /// that is published meanwhile serves the next one.
    /// </summary>
    /// <param name="slot">The player's.</param>
    /// <param name="prompt">Tokens to begin with; at least one.</param>
    /// <param name="options">How tokens are chosen, and when the sequence ends; null for the defaults.</param>
    /// <param name="onToken">Called with each new token before the next one is computed. What it throws ends the sequence.</param>
    /// <param name="cancellation">Ends the sequence before its next token.</param>
    /// <exception cref="InvalidInputException">The prompt is empty, too long or has a token that the model does not know, or ONNX Runtime cannot run the model on it.</exception>
    /// <exception cref="InvalidOptionsException">An option is outside its range.</exception>
    /// <exception cref="ModelFormatException">The model computes something else than logits.</exception>
    /// <exception cref="ObjectDisposedException">The slot or its model was disposed.</exception>
    /// <exception cref="OperationCanceledException">The sequence was cancelled; <paramref name="onToken"/> has had the tokens so far.</exception>
    public GeneratedSequence Generate(
        AdapterSlot slot, IReadOnlyList<int> prompt, GenerationOptions? options = null, Action<int>? onToken = null, CancellationToken cancellation = default)
    {
        options ??= new GenerationOptions();
        var sampler = new TokenSampler(options);
        int context = ContextOf(options);
        Require(prompt, context);
        cancellation.ThrowIfCancellationRequested();
        using var session = new DecoderSession(_layout, slot);
        List<int> sequence = [.. prompt];
        while (true)
        {
            int token = sampler.Next(session.Feed(sequence));
            if (options.StopTokens.Contains(token))
                return Ended(GenerationEnd.StopToken);
            sequence.Add(token);
            onToken?.Invoke(token);
            if (sequence.Count - prompt.Count == options.MaxTokens)
                return Ended(GenerationEnd.MaxTokens);
            if (sequence.Count > context)
                return Ended(GenerationEnd.ContextFull);
            cancellation.ThrowIfCancellationRequested();
        }

        GeneratedSequence Ended(GenerationEnd end) => new(sequence.GetRange(prompt.Count, sequence.Count - prompt.Count), end, session.Adapter);
    }

    private int ContextOf(GenerationOptions options)
    {
        if (_layout.Tokens.FixedLength is not { } declared)
            return options.ContextLength ?? int.MaxValue;
        if (options.ContextLength > declared)
            throw new InvalidOptionsException($"The option {nameof(GenerationOptions.ContextLength)} is {options.ContextLength}, but {_layout.Model} takes {declared} tokens. Leave it out.");
        return options.ContextLength ?? declared;
    }

    private void Require(IReadOnlyList<int> prompt, int context)
    {
        if (prompt.Count == 0)
            throw new InvalidInputException($"The prompt for {_layout.Model} is empty; begin with the token that begins its sequences.");
        if (prompt.Count > context)
            throw new InvalidInputException($"The prompt has {prompt.Count} tokens, and {_layout.Model} takes {context}. Leave out the first ones.");
        for (int i = 0; i < prompt.Count; i++)
        {
            if (prompt[i] < 0 || prompt[i] >= (_layout.Vocabulary ?? int.MaxValue))
                throw new InvalidInputException($"Token {i} of the prompt is {prompt[i]}, and {_layout.Model} knows 0 to {(_layout.Vocabulary ?? int.MaxValue) - 1}. Use the model's own tokenizer.");
        }
    }
}
