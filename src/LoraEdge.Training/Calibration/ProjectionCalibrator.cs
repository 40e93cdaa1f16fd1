using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Calibration;

/// <summary>
/// Learns a projection from many people: one A for all of them, a B for each, trained together. What is kept is A, the
/// directions of each layer's input along which people differ. A studio runs this once, on people whose logs it may use, and
/// ships the result beside the model.
/// </summary>
/// <remarks>
/// The top singular vectors of people's gradients at the frozen model would be cheaper, but they point where the activations
/// are large rather than where people differ: tried on chess, they were no better than random rows.
/// </remarks>
public sealed class ProjectionCalibrator : IDisposable
{
    /// <summary>Steps of one person before the next one's turn.</summary>
    private const int StepsPerTurn = 2;

    private readonly OnnxModel _model;
    private readonly Objective _objective;
    private readonly CalibrationOptions _options;
    private readonly LowRankWeights _weights;
    private readonly GraphExecutor _executor;
    private readonly Tensor[] _a;
    private readonly Tensor[] _b;
    private readonly AdamW _optimizer;
    private readonly List<Person> _people = [];
    private int _classCount;
    private double _lossSum;
    private int _lossCount;

    /// <summary>Prepares the calibration of a model; used by the thread that calls this.</summary>
    /// <param name="model">The frozen model.</param>
    /// <param name="objective">The objective that adapters will be trained for.</param>
    /// <param name="options">How to calibrate.</param>
    /// <exception cref="LoraEdgeException">The model cannot be executed, has nothing to adapt, or libtorch cannot be loaded.</exception>
    public ProjectionCalibrator(OnnxModel model, Objective objective, CalibrationOptions? options = null)
    {
        NativeLibtorch.EnsureLoaded();
        (_model, _objective, _options) = (model, objective, options ?? new CalibrationOptions());
        set_num_threads(_options.Threads);
        IReadOnlyList<AdaptableLayer> layers = ObjectiveLayers.Find(model, objective);
        var start = new SeededProjection(_options.Seed);
        _weights = new LowRankWeights(layers, [.. layers.Select(layer => start.A(ObjectiveLayers.AsWeight(layer), _options.Rank))], _options.Rank, 1, trainA: true);
        _executor = new GraphExecutor(model, _weights);
        _a = [.. _weights.Branches.Select(branch => branch.A)];
        _b = [.. _weights.Branches.Select(branch => branch.B)];
        _optimizer = new AdamW(_a, _ => 0);
    }

    /// <summary>Number of people added.</summary>
    public int People => _people.Count;

    /// <summary>Adds one person. All get the same number of turns for the same number of records.</summary>
    /// <param name="records">The person's records; at least one.</param>
    /// <exception cref="InvalidInputException">There are no records, or one does not fit.</exception>
    public void Add(IReadOnlyList<Interaction> records)
    {
        if (records.Count == 0)
            throw new InvalidInputException("A person without records cannot take part in a calibration.");
        RecordCheck.Require(_model, _objective, records);
        _classCount = ObjectiveCheck.Require(_executor, _objective, records[0]);
        RecordCheck.RequireClasses(_objective, records, _classCount);
        _people.Add(new Person(records, _b, _options.BatchSize, _options.Seed + (ulong)_people.Count));
    }

    /// <summary>Trains A and everyone's B.</summary>
    /// <param name="progress">Told about once per hundred turns; may be null.</param>
    /// <param name="cancellation">Checked between steps.</param>
    /// <exception cref="InvalidInputException">Nobody was added.</exception>
    /// <exception cref="TrainingFailedException">The loss is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public CalibratedProjection Run(Action<CalibrationProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (_people.Count == 0)
            throw new InvalidInputException("Nobody was added to the calibration.");
        List<Person> turns = TurnsOfOneEpoch();
        var random = new SplitMix(_options.Seed);
        long step = 0, planned = (long)turns.Count * StepsPerTurn * _options.Epochs;
        for (int epoch = 0; epoch < _options.Epochs; epoch++)
        {
            random.Shuffle(turns);
            foreach (Person person in turns)
            {
                cancellation.ThrowIfCancellationRequested();
                TakeTurn(person, LearningRate.At(step, planned, _options.LearningRate));
                step += StepsPerTurn;
                if (step % (100 * StepsPerTurn) == 0)
                    progress?.Invoke(Report(step, planned));
            }
        }

        return CalibratedProjection.Create(_model.Fingerprint, _options.Rank,
            _weights.Branches.Select(branch => new KeyValuePair<int, float[]>(branch.Layer.InitializerIndex, branch.A.data<float>().ToArray())));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _executor.Dispose();
        _weights.Dispose();
    }

    private List<Person> TurnsOfOneEpoch() =>
        [.. _people.SelectMany(person => Enumerable.Repeat(person, Math.Max(1, person.BatchesPerEpoch / StepsPerTurn)))];

    private void TakeTurn(Person person, double learningRate)
    {
        person.Enter();
        for (int i = 0; i < StepsPerTurn; i++)
        {
            ComputeGradients(person.NextBatch());
            person.Update(learningRate);
            _optimizer.Step(learningRate, gradientScale: 1);
            Normalise();
        }

        person.Leave();
    }

    private void ComputeGradients(IReadOnlyList<Interaction> records)
    {
        using RecordBatch batch = RecordBatcher.Create(records, _classCount);
        using Tensor value = _executor.Run(batch.Inputs, _objective.ValueName)[0];
        using Tensor loss = ObjectiveLoss.Mean(_objective, value, batch);
        double current = loss.item<float>();
        if (double.IsNaN(current) || double.IsInfinity(current))
            throw new TrainingFailedException($"The loss became {current}; lower the learning rate ({_options.LearningRate}).");
        (_lossSum, _lossCount) = (_lossSum + current, _lossCount + 1);
        _weights.ClearGradients();
        loss.backward();
    }

    /// <summary>Rows stay of unit norm, as adapters will use them: what A could gain by growing belongs into B.</summary>
    private void Normalise()
    {
        using var _ = no_grad();
        foreach (Tensor a in _a)
        {
            using Tensor norm = a.norm(1, keepdim: true);
            a.div_(norm);
        }
    }

    private CalibrationProgress Report(long step, long planned)
    {
        var progress = new CalibrationProgress(step, planned, _lossSum / _lossCount);
        (_lossSum, _lossCount) = (0, 0);
        return progress;
    }
}
