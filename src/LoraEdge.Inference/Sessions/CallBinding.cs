using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>
/// The native side of an <see cref="InferenceCall"/>: its tensors, pinned once, and their binding to the session that it ran on
/// last. A run on the same session and feed makes no garbage; another one binds anew.
/// </summary>
internal sealed class CallBinding : IDisposable
{
    private readonly BoundTensors _inputs;
    private readonly BoundTensors _outputs;
    private readonly RunLimit _limit;
    private InferenceSession? _session;
    private Feed? _feed;
    private OrtIoBinding? _binding;

    /// <summary>Pins the tensors until this is disposed.</summary>
    /// <param name="inputs">The model's inputs, accepted by <see cref="ModelInputs.Require"/>.</param>
    /// <param name="outputs">Where the outputs go.</param>
    /// <param name="longest">How long a run may take; null for as long as it takes.</param>
    public CallBinding(IReadOnlyDictionary<string, HostTensor> inputs, IReadOnlyDictionary<string, HostTensor> outputs, TimeSpan? longest)
    {
        Inputs = inputs;
        Outputs = outputs;
        _inputs = new BoundTensors(inputs);
        _outputs = new BoundTensors(outputs);
        _limit = new RunLimit(longest);
    }

    /// <summary>The inputs by name.</summary>
    public IReadOnlyDictionary<string, HostTensor> Inputs { get; }

    /// <summary>The outputs by name.</summary>
    public IReadOnlyDictionary<string, HostTensor> Outputs { get; }

    /// <summary>Runs on the tensors.</summary>
    /// <param name="session">A session of the model, which lives during the call.</param>
    /// <param name="feed">What it is fed besides.</param>
    /// <param name="hasOwnMemory">
    /// Whether it computes in a device's memory: a binding copies inputs there once, when it is made, so there is none then, and
    /// each run takes a few hundred bytes.
    /// </param>
    /// <exception cref="OnnxRuntimeException">It fails.</exception>
    public void Run(InferenceSession session, Feed feed, bool hasOwnMemory)
    {
        if (!hasOwnMemory && (!ReferenceEquals(session, _session) || !ReferenceEquals(feed, _feed)))
            Bind(session, feed);
        _limit.Begin();
        try
        {
            if (hasOwnMemory)
                session.Run(_limit.Options, [.. _inputs.Names, .. feed.Names], [.. _inputs.Values, .. feed.Values], _outputs.Names, _outputs.Values);
            else
                session.RunWithBinding(_limit.Options, _binding);
        }
        finally
        {
            _limit.End();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _binding?.Dispose();
        _limit.Dispose();
        _outputs.Dispose();
        _inputs.Dispose();
    }

    // The binding before may outlive its session: it holds nothing but tensors, which lie in memory of the call's own.
    private void Bind(InferenceSession session, Feed feed)
    {
        _binding?.Dispose();
        (_session, _feed, _binding) = (null, null, null);
        _binding = session.CreateIoBinding();
        for (int i = 0; i < feed.Names.Length; i++)
            _binding.BindInput(feed.Names[i], feed.Values[i]);
        for (int i = 0; i < _inputs.Names.Length; i++)
            _binding.BindInput(_inputs.Names[i], _inputs.Values[i]);
        for (int i = 0; i < _outputs.Names.Length; i++)
            _binding.BindOutput(_outputs.Names[i], _outputs.Values[i]);
        (_session, _feed) = (session, feed);
    }
}
