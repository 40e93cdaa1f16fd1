using System.Globalization;
using LoraEdge;
using LoraEdge.Onnx;
using LoraEdge.Training.Population;
using Rival.Adaptation;
using Rival.Policy;

namespace Rival.BaseModel;

/// <summary>
/// The base players one at a time, each with an adapter of their own: the model and the projection of A learn together what
/// one direction per layer is to be good for. The adapters are thrown away.
/// </summary>
internal sealed class PeopleStage : BaseStage
{
    /// <summary>How much faster the people's B move than what they share.</summary>
    private const double PersonRate = 10;

    private readonly PopulationTuner _tuner;
    private readonly BackgroundQueue<(int Person, List<Interaction> Records)> _batches;
    private readonly long _stepsBefore;

    /// <summary>Prepares it.</summary>
    /// <param name="model">The model to start from.</param>
    /// <param name="games">The people's games.</param>
    /// <param name="options">How to train.</param>
    /// <param name="checkpoint">What <see cref="Save"/> wrote; null to start afresh. The people's adapters begin anew either way.</param>
    public PeopleStage(OnnxModel model, BaseGames games, BaseTrainingOptions options, byte[]? checkpoint)
    {
        IProjectionSource start = new SeededProjection(0);
        if (checkpoint is not null)
            (model, start, _stepsBefore) = Read(checkpoint);
        BatchSize = options.BatchSize / 2;
        _tuner = new PopulationTuner(model, PolicyRecord.Objective, games.People.Count, new PopulationOptions
        {
            TrainsModel = true,
            Start = start,
            WeightDecay = options.WeightDecay,
            Threads = options.Threads,
        });
        var random = new Random(options.Seed + (int)_stepsBefore);
        _batches = new BackgroundQueue<(int, List<Interaction>)>(() => Draw(games.People, random));
    }

    /// <inheritdoc />
    public override string Name => "people";

    /// <inheritdoc />
    public override int BatchSize { get; }

    /// <inheritdoc />
    public override long Steps => _stepsBefore + _tuner.Steps;

    /// <inheritdoc />
    public override string Summary => string.Create(CultureInfo.InvariantCulture, $"{Steps:N0} steps of {BatchSize} own moves of one player ({Steps * BatchSize / 1e6:F1} million)");

    /// <inheritdoc />
    public override double Step(double learningRate)
    {
        (int person, List<Interaction> records) = _batches.Take();
        return _tuner.Step(person, records, learningRate, learningRate * PersonRate);
    }

    /// <inheritdoc />
    public override double Evaluate(IReadOnlyList<Interaction> records) => _tuner.Evaluate(records);

    /// <inheritdoc />
    public override (OnnxModel Model, CalibratedProjection? Projection) Capture() => _tuner.Capture();

    /// <inheritdoc />
    public override void Save(Stream stream)
    {
        (OnnxModel model, CalibratedProjection projection) = _tuner.Capture();
        var writer = new BinaryWriter(stream);
        writer.Write(Steps);
        foreach (byte[] part in new[] { model.ToBytes(), projection.Write() })
        {
            writer.Write(part.Length);
            writer.Write(part);
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _batches.Dispose();
        _tuner.Dispose();
    }

    private static (OnnxModel, CalibratedProjection, long) Read(byte[] checkpoint)
    {
        using var reader = new BinaryReader(new MemoryStream(checkpoint));
        long steps = reader.ReadInt64();
        OnnxModel model = OnnxModel.Parse(reader.ReadBytes(reader.ReadInt32()), "checkpoint");
        return (model, CalibratedProjection.Read(reader.ReadBytes(reader.ReadInt32()), "checkpoint"), steps);
    }

    /// <summary>Own moves of one person, each from a game at random.</summary>
    private (int, List<Interaction>) Draw(IReadOnlyList<IReadOnlyList<PlayedGame>> people, Random random)
    {
        int person = random.Next(people.Count);
        IReadOnlyList<PlayedGame> games = people[person];
        var records = new List<Interaction>(BatchSize);
        while (records.Count < BatchSize)
        {
            PlayedGame game = games[random.Next(games.Count)];
            records.Add(game.Decisions.ElementAt(random.Next(game.OwnMoves)).ToRecord());
        }

        return (person, records);
    }
}
