using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>
/// An ONNX Runtime session over a model whose weights were replaced before ONNX Runtime saw it, so that no optimization can
/// have kept a base value (docs/decisions/0004-merged-session.md). Runs on any thread, several at a time.
/// </summary>
public sealed class MergedSession : ServingSession
{
    private readonly SessionRunner _runner;

    /// <summary>Builds the session on the calling thread: milliseconds for small models, half a second for 60M weights.</summary>
    /// <param name="model">The frozen model.</param>
    /// <param name="weights">New values by initializer name, from <see cref="WeightMerger"/> or from full fine-tuning; null for the model as it is.</param>
    /// <param name="settings">How to run it; null for the defaults.</param>
    /// <exception cref="ArgumentException">A weight does not exist in the model, or has another number of values.</exception>
    /// <exception cref="InvalidOptionsException">A setting is out of range.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime refuses the model, or hosts cannot hold any of its outputs.</exception>
    /// <exception cref="NativeRuntimeException">ONNX Runtime's native library is missing.</exception>
    public MergedSession(OnnxModel model, IReadOnlyDictionary<string, float[]>? weights = null, SessionSettings? settings = null)
        : this(new SessionRunner(model, weights is null ? model : model.WithInitializers(weights), settings ?? new SessionSettings()))
    {
    }

    /// <summary>Builds the session on weights that it may share with others.</summary>
    internal MergedSession(OnnxModel model, SessionSettings settings, SharedWeights? shared)
        : this(new SessionRunner(model, model, settings, shared))
    {
    }

    /// <summary>Serves what is open.</summary>
    /// <param name="runner">The session, taken over.</param>
    internal MergedSession(SessionRunner runner)
        : base(runner) => _runner = runner;

    /// <summary>What rounding did to the adapter's layers that are stored in 16 bits; empty where there are none.</summary>
    public IReadOnlyList<RoundingLoss> Losses { get; internal init; } = [];

    /// <summary>Called once, when it is released.</summary>
    internal Action? Released { get; init; }

    /// <inheritdoc />
    public override ServingMode Mode => ServingMode.Merged;

    private protected override void Release()
    {
        _runner.Close();
        Released?.Invoke();
    }
}
