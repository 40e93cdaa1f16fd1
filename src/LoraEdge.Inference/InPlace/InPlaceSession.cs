namespace LoraEdge.Inference;

/// <summary>One adapter, merged into a set of buffers that the runs of a shared session are fed. The buffers go back when this is released.</summary>
internal sealed class InPlaceSession : ServingSession
{
    private readonly InPlaceWeights _weights;
    private readonly SessionRunner _runner;
    private readonly WeightBuffers _buffers;

    /// <param name="weights">Where the buffers go back to.</param>
    /// <param name="runner">The shared session, entered.</param>
    /// <param name="buffers">The merged weights.</param>
    public InPlaceSession(InPlaceWeights weights, SessionRunner runner, WeightBuffers buffers)
        : base(runner) => (_weights, _runner, _buffers) = (weights, runner, buffers);

    /// <inheritdoc />
    public override ServingMode Mode => ServingMode.InPlace;

    private protected override Feed EnterFeed() => _buffers.Feed;

    private protected override void Release()
    {
        _weights.Return(_buffers);
        _runner.Leave();
    }
}
