using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;

namespace LoraEdge.Training;

/// <summary>
/// Trains every float32 weight of a model that leads to an objective: how a base model is made, and the yardstick that
/// adapters are measured against. Numbers and tables that belong to a formula (an epsilon, a causal mask) stay as they are.
/// The caller decides what is in each batch and how the learning rate moves.
/// </summary>
public sealed class FullFineTuner : IDisposable
{
    private readonly OnnxModel _model;
    private readonly FullWeights _weights;
    private readonly ObjectiveRun _run;
    private readonly AdamW _optimizer;

    /// <summary>Prepares training; used by the thread that calls it.</summary>
    /// <param name="model">The model to start from.</param>
    /// <param name="objective">What to minimise.</param>
    /// <param name="weightDecay">Decoupled weight decay on matrices; vectors are never decayed.</param>
    /// <param name="threads">CPU threads that libtorch may use, 1 to 1024. Default: 1.</param>
    /// <param name="device">The processor to compute on. Default: the CPU.</param>
    /// <exception cref="LoraEdgeException">The model cannot be executed, or libtorch cannot be loaded.</exception>
    public FullFineTuner(OnnxModel model, Objective objective, double weightDecay = 0.01, int threads = 1, TrainingDevice device = default)
    {
        objective.Validate();
        Placement placement = Placement.On(device);
        string[] values = ObjectiveValues.Of(model, objective);
        SupportCheck.Require(model, values);
        TorchThreads.Use(threads);
        _model = model;
        _weights = new FullWeights(model.Graph, values, placement.Device);
        _run = new ObjectiveRun(model, objective, _weights, placement);
        _optimizer = new AdamW(_weights.Parameters, parameter => parameter.dim() > 1 ? weightDecay : 0);
    }

    /// <summary>Optimizer steps done, those before a restored checkpoint included.</summary>
    public long Steps => _optimizer.Steps;

    /// <summary>One optimizer step.</summary>
    /// <param name="records">The batch: records of equal shapes, at least one; sequences of any lengths.</param>
    /// <param name="learningRate">AdamW's learning rate for this step.</param>
    /// <param name="clipNorm">Global norm to which gradients are clipped.</param>
    /// <returns>The mean loss before the step.</returns>
    /// <exception cref="InvalidInputException">A record does not fit the model, the objective or the rest of the batch.</exception>
    /// <exception cref="TrainingFailedException">The loss or a gradient is not finite; the weights are as before.</exception>
    public double Step(IReadOnlyList<Interaction> records, double learningRate, double clipNorm = 1)
    {
        _run.RequireBatch(records);
        _weights.ClearGradients();
        double loss = _run.Backward(records);
        double norm = _optimizer.GradientNorm();
        if (double.IsNaN(loss + norm) || double.IsInfinity(loss + norm))
            throw new TrainingFailedException($"At step {Steps} the loss is {loss} and the gradient's norm {norm}. Lower the learning rate ({learningRate}).");
        _optimizer.Step(learningRate, GradientClip.Factor(norm, clipNorm));
        return loss;
    }

    /// <summary>Mean loss on records, without training on them.</summary>
    /// <param name="records">The records, at least one; of any shapes.</param>
    /// <param name="batchSize">Records at a time, at least one. Default: 256.</param>
    /// <exception cref="InvalidInputException">A record does not fit the model or the objective, or there is none.</exception>
    /// <exception cref="InvalidOptionsException"><paramref name="batchSize"/> is below 1.</exception>
    public double Evaluate(IReadOnlyList<Interaction> records, int batchSize = 256) => _run.Evaluate(records, batchSize);

    /// <summary>The trained weights by initializer name.</summary>
    public IReadOnlyDictionary<string, float[]> Weights() => _weights.ByName();

    /// <summary>Writes weights and optimizer state, so that training can go on after a restart where it stopped.</summary>
    /// <exception cref="TrainingFailedException">A number is not finite; nothing was written.</exception>
    public void SaveCheckpoint(Stream stream) => TrainingCheckpoint.Write(stream, _model.Fingerprint, _weights, _optimizer);

    /// <summary>Reads what <see cref="SaveCheckpoint"/> wrote for the same model, to the stream's end.</summary>
    /// <exception cref="ModelFormatException">The checkpoint is damaged or belongs to another model; nothing was changed.</exception>
    public void LoadCheckpoint(Stream stream) => TrainingCheckpoint.Read(stream, _model.Fingerprint, _weights, _optimizer);

    /// <inheritdoc />
    public void Dispose()
    {
        _run.Dispose();
        _weights.Dispose();
    }
}
