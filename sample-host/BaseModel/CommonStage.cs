using System.Globalization;
using LoraEdge;
using LoraEdge.Onnx;
using LoraEdge.Training;
using Rival.Policy;

namespace Rival.BaseModel;

/// <summary>Everybody's games alike: the model learns what strong players play.</summary>
internal sealed class CommonStage : BaseStage
{
    private readonly OnnxModel _model;
    private readonly FullFineTuner _tuner;
    private readonly BackgroundQueue<List<Interaction>> _batches;

    /// <summary>Prepares it.</summary>
    /// <param name="model">The model to start from.</param>
    /// <param name="games">The games.</param>
    /// <param name="options">How to train.</param>
    /// <param name="checkpoint">What <see cref="Save"/> wrote; null to start afresh.</param>
    public CommonStage(OnnxModel model, BaseGames games, BaseTrainingOptions options, byte[]? checkpoint)
    {
        (_model, BatchSize) = (model, options.BatchSize);
        _tuner = new FullFineTuner(model, PolicyRecord.Objective, options.WeightDecay, options.Threads);
        if (checkpoint is not null)
            _tuner.LoadCheckpoint(new MemoryStream(checkpoint));
        var stream = new PositionStream(games.Training, options.Seed + (int)_tuner.Steps);
        _batches = new BackgroundQueue<List<Interaction>>(() => stream.Take(BatchSize));
    }

    /// <inheritdoc />
    public override string Name => "common";

    /// <inheritdoc />
    public override int BatchSize { get; }

    /// <inheritdoc />
    public override long Steps => _tuner.Steps;

    /// <inheritdoc />
    public override string Summary => string.Create(CultureInfo.InvariantCulture, $"{Steps:N0} steps of {BatchSize} positions of everybody's games alike ({Steps * BatchSize / 1e6:F1} million)");

    /// <inheritdoc />
    public override double Step(double learningRate) => _tuner.Step(_batches.Take(), learningRate);

    /// <inheritdoc />
    public override double Evaluate(IReadOnlyList<Interaction> records) => _tuner.Evaluate(records);

    /// <inheritdoc />
    public override (OnnxModel Model, CalibratedProjection? Projection) Capture() => (_model.WithInitializers(_tuner.Weights()), null);

    /// <inheritdoc />
    public override void Save(Stream stream) => _tuner.SaveCheckpoint(stream);

    /// <inheritdoc />
    public override void Dispose()
    {
        _batches.Dispose();
        _tuner.Dispose();
    }
}
