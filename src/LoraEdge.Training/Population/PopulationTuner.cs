using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;

namespace LoraEdge.Training.Population;

/// <summary>
/// Practises adaptation before anybody's device has to do it: many people at once, with a B for each of them, and what they
/// share learned from all. The projection A always is: it comes to point along the directions in which people differ. The
/// model's own weights are when the options say so: then the model arranges itself such that one direction per layer goes a
/// long way, and stays good for somebody unknown, since every batch is also learned without any B. A studio does this once,
/// with people whose logs it may use; nobody's B is kept.
/// </summary>
/// <remarks>
/// The caller decides whose turn it is, what is in each batch and how the learning rates move. The top singular vectors of
/// people's gradients would be a cheaper projection, but they point where the activations are large rather than where people
/// differ: tried on chess, they were no better than random rows.
/// </remarks>
public sealed class PopulationTuner : IDisposable
{
    private readonly OnnxModel _model;
    private readonly PopulationOptions _options;
    private readonly SharedWeights _weights;
    private readonly ObjectiveRun _run;
    private readonly AdamW _optimizerOfA;
    private readonly AdamW _optimizerOfModel;
    private readonly Person[] _people;

    /// <summary>Prepares training; used by the thread that calls this.</summary>
    /// <param name="model">The model to start from.</param>
    /// <param name="objective">The objective that adapters will be trained for.</param>
    /// <param name="people">Number of people.</param>
    /// <param name="options">What is shared, and how it is trained.</param>
    /// <exception cref="InvalidOptionsException">An option is out of range, nobody takes part, or the model has nothing to adapt.</exception>
    /// <exception cref="LoraEdgeException">The model cannot be executed, or libtorch cannot be loaded.</exception>
    public PopulationTuner(OnnxModel model, Objective objective, int people, PopulationOptions? options = null)
    {
        (_model, _options) = (model, options ?? new PopulationOptions());
        if (people < 1)
            throw new InvalidOptionsException($"{nameof(people)} is {people}; a population has at least one person.");
        _options.Validate();
        objective.Validate();
        Placement placement = Placement.On(_options.Device);
        SupportCheck.Require(model, ObjectiveValues.Of(model, objective));
        TorchThreads.Use(_options.Threads);
        _weights = Share(model, objective, _options, placement.Device);
        _run = new ObjectiveRun(model, objective, _weights, placement);
        _optimizerOfA = new AdamW(_weights.A, _ => 0);
        _optimizerOfModel = new AdamW(_weights.Model, parameter => parameter.dim() > 1 ? _options.WeightDecay : 0);
        _people = [.. Enumerable.Range(0, people).Select(_ => new Person(_weights.B))];
    }

    /// <summary>Steps done.</summary>
    public long Steps => _optimizerOfA.Steps;

    /// <summary>One step, of what is shared and of one person's B.</summary>
    /// <param name="person">Whose turn it is, from 0.</param>
    /// <param name="records">Records of that person: of equal shapes, at least one.</param>
    /// <param name="learningRate">AdamW's learning rate for what is shared.</param>
    /// <param name="personLearningRate">AdamW's learning rate for the person's B.</param>
    /// <returns>The mean loss with the person's B, before the step.</returns>
    /// <exception cref="InvalidInputException">A record does not fit the model, the objective or the rest of the batch.</exception>
    /// <exception cref="TrainingFailedException">The loss or a gradient is not finite; nothing was changed.</exception>
    public double Step(int person, IReadOnlyList<Interaction> records, double learningRate, double personLearningRate)
    {
        _run.RequireBatch(records);
        _weights.ClearGradients();
        if (_options.TrainsModel)
            LearnWithoutAnybody(records);
        _people[person].Enter();
        double loss = _run.Backward(records), norm = _optimizerOfA.GradientNorm(), modelNorm = _optimizerOfModel.GradientNorm();
        if (double.IsNaN(loss + norm + modelNorm) || double.IsInfinity(loss + norm + modelNorm))
            throw new TrainingFailedException($"At step {Steps} the loss is {loss} and the gradients' norms are {norm} and {modelNorm}. Lower the learning rates ({learningRate}, {personLearningRate}).");
        _people[person].Update(personLearningRate);
        _optimizerOfA.Step(learningRate, GradientClip.Factor(norm, _options.GradientClipNorm));
        _optimizerOfModel.Step(learningRate, GradientClip.Factor(modelNorm, _options.GradientClipNorm));
        _weights.Constrain();
        return loss;
    }

    /// <summary>Mean loss on records without anybody's B, without training on them.</summary>
    /// <param name="records">The records, at least one.</param>
    /// <param name="batchSize">Records at a time, at least one. Default: 256.</param>
    /// <exception cref="InvalidInputException">A record does not fit.</exception>
    /// <exception cref="InvalidOptionsException"><paramref name="batchSize"/> is below 1.</exception>
    public double Evaluate(IReadOnlyList<Interaction> records, int batchSize = 256)
    {
        _weights.LeaveEverybodyOut();
        return _run.Evaluate(records, batchSize);
    }

    /// <summary>What the people share: the model, the one given when its weights are frozen, and the projection for it.</summary>
    /// <exception cref="TrainingFailedException">A weight is not finite.</exception>
    public (OnnxModel Model, CalibratedProjection Projection) Capture()
    {
        IReadOnlyDictionary<string, float[]> trained = _weights.ModelByName();
        foreach (KeyValuePair<string, float[]> weight in trained)
            ParameterValues.RequireFinite(weight.Key, weight.Value);
        OnnxModel model = _options.TrainsModel ? _model.WithInitializers(trained) : _model;
        return (model, CalibratedProjection.Create(model.Fingerprint, _options.Rank, _weights.Rows()));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _run.Dispose();
        _weights.Dispose();
    }

    private static SharedWeights Share(OnnxModel model, Objective objective, PopulationOptions options, TorchSharp.torch.Device device)
    {
        IReadOnlyList<AdaptableLayer> layers = ObjectiveLayers.Find(model, objective, options.IncludeLayers, options.ExcludeLayers);
        float[][] rows = [.. layers.Select(layer => options.Start.A(layer.AsWeight(), options.Rank))];
        return new SharedWeights(
            new LowRankWeights(layers, rows, options.Rank, scale: 1, trainA: true, device),
            options.TrainsModel ? new FullWeights(model.Graph, ObjectiveValues.Of(model, objective), device) : null);
    }

    /// <summary>Leaves gradients of the model alone: those of A are zero where B is.</summary>
    private void LearnWithoutAnybody(IReadOnlyList<Interaction> records)
    {
        _weights.LeaveEverybodyOut();
        _run.Backward(records);
        _weights.ClearGradientsOfB();
    }
}
