using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>
/// A use of a session, for one run or for several: until it is disposed the session stays and serves the same adapter, also when
/// its owner has disposed it. For one thread at a time; disposed once.
/// </summary>
/// <param name="session">The session, entered.</param>
/// <param name="runner">What runs it.</param>
/// <param name="feed">What it is fed besides the model's inputs.</param>
internal readonly struct ServingUse(ServingSession session, SessionRunner runner, Feed feed) : IDisposable
{
    /// <summary>The session.</summary>
    public ServingSession Session => session;

    /// <summary>What it is fed.</summary>
    public Feed Feed => feed;

    /// <inheritdoc cref="SessionRunner.Run(IReadOnlyDictionary{string, HostTensor}, Feed, CancellationToken)"/>
    public IReadOnlyDictionary<string, HostTensor> Run(IReadOnlyDictionary<string, HostTensor> inputs, CancellationToken cancelled = default) => runner.Run(inputs, feed, cancelled);

    /// <inheritdoc cref="SessionRunner.Run(IReadOnlyDictionary{string, HostTensor}, Feed, string, Span{float})"/>
    public int Run(IReadOnlyDictionary<string, HostTensor> inputs, string output, Span<float> destination) => runner.Run(inputs, feed, output, destination);

    /// <inheritdoc cref="SessionRunner.Run(CallBinding, Feed)"/>
    public void Run(CallBinding call) => runner.Run(call, feed);

    /// <inheritdoc cref="SessionRunner.Run(string[], IReadOnlyCollection{OrtValue}, string[], Feed, CancellationToken)"/>
    public IDisposableReadOnlyCollection<OrtValue> Run(string[] names, IReadOnlyCollection<OrtValue> values, string[] outputs) => runner.Run(names, values, outputs, feed, CancellationToken.None);

    /// <summary>Ends the use. A session that was disposed meanwhile is released with its last use.</summary>
    public void Dispose()
    {
        feed.Leave();
        session.Leave();
    }
}
