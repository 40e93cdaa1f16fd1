using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference.Generation;

/// <summary>
/// One sequence on its way through a decoder. With a cache every run takes the tokens that are new, and keys and values stay in
/// ONNX Runtime's memory from one run to the next; without one it takes the whole sequence again. For one thread at a time.
/// </summary>
internal sealed class DecoderRun : IDisposable
{
    private readonly DecoderLayout _layout;
    private readonly ServingUse _session;
    private readonly string[] _pastNames, _outputs;
    private OrtValue[] _past;
    private OrtValue? _logits;
    private int _cached;

    /// <summary>Begins a sequence.</summary>
    /// <param name="layout">What the model's inputs and outputs are.</param>
    /// <param name="session">Computes all of the sequence; borrowed.</param>
    public DecoderRun(DecoderLayout layout, ServingUse session)
    {
        _layout = layout;
        _session = session;
        _pastNames = [.. layout.Cache.Select(value => value.Past)];
        _outputs = [layout.Logits, .. layout.Cache.Select(value => value.Present)];
        _past = [.. layout.Cache.Select(value => OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, value.Type, value.Empty))];
    }

    /// <summary>Runs the model on what is new in the sequence.</summary>
    /// <param name="sequence">All tokens so far, those of earlier calls first.</param>
    /// <returns>Logits for the token behind the last one, in memory that is good until the next call.</returns>
    /// <exception cref="InvalidInputException">ONNX Runtime cannot run the model on them.</exception>
    /// <exception cref="ModelFormatException">The model computes logits of another shape than it should.</exception>
    public ReadOnlySpan<float> Feed(IReadOnlyList<int> sequence)
    {
        int count = sequence.Count - _cached;
        using (var fed = new BoundTensors(_layout.Feed(sequence, _cached)))
            Replace(_session.Run([.. fed.Names, .. _pastNames], [.. fed.Values, .. _past], _outputs));
        if (_past.Length > 0)
            _cached = sequence.Count;
        return LastRow(_logits!, count);
    }

    /// <summary>Releases the cache.</summary>
    public void Dispose()
    {
        foreach (OrtValue value in _past)
            value.Dispose();
        _logits?.Dispose();
    }

    private void Replace(IReadOnlyList<OrtValue> computed)
    {
        Dispose();
        _logits = computed[0];
        _past = [.. computed.Skip(1)];
    }

    // Rows are those of the run, padding included; some models compute the last one alone.
    private ReadOnlySpan<float> LastRow(OrtValue logits, int count)
    {
        long[] shape = logits.GetTensorTypeAndShape().Shape;
        ReadOnlySpan<float> values = logits.GetTensorDataAsSpan<float>();
        int width = (int)shape[shape.Length - 1], rows = width == 0 ? 0 : values.Length / width;
        if (rows != 1 && rows != (_layout.Tokens.FixedLength ?? count))
            throw new ModelFormatException($"{_layout.Model} computed '{_layout.Logits}' of shape [{string.Join(",", shape)}] for {count} tokens; logits have a row for each token, or one for the last. Export a decoder for text generation.");
        return values.Slice((Math.Min(rows, count) - 1) * width, width);
    }
}
