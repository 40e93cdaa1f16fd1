using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;

namespace LoraEdge.Training.Scoring;

/// <summary>Scores records under several adapters: a slice of them under one adapter after the other, then the next slice.</summary>
internal sealed class ScoringSession : IScoringSession
{
    private const int DefaultSlice = 128;

    private readonly ScoreRequest _request;
    private readonly Placement _placement;
    private readonly List<int>[] _slices;
    private readonly double[] _weights;
    private readonly RecordScore[][] _scores;
    private readonly Dictionary<(ModelFingerprint, Projection?, int, float, string), AdapterGroup> _groups = [];
    private readonly List<(AdapterGroup Group, float[][] Values)> _turns = [];
    private int _next;

    /// <param name="request">The order.</param>
    /// <param name="model">The model that it names.</param>
    public ScoringSession(ScoreRequest request, OnnxModel model)
    {
        TrainingOptions options = request.Options;
        _request = request;
        SupportCheck.Require(model, ObjectiveValues.Of(model, request.Objective));
        int largest = BatchAxis.Require(model, request.Objective, options);
        RecordCheck.Require(model, request.Objective, request.Records);
        _placement = Placement.Of(options);
        _slices = [.. RecordSampler.PositionsInOrder(request.Records, Math.Min(largest, options.SliceSize ?? DefaultSlice))];
        _weights = [.. request.Records.Select(record => LossWeights.Of(request.Objective, record))];
        _scores = [.. request.Adapters.Select(_ => new RecordScore[request.Records.Count])];
        TorchThreads.Use(options.Threads);
        try
        {
            foreach (Adapter? adapter in request.Adapters)
                _turns.Add(TurnOf(adapter, model));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public int SlicesLeft => (_slices.Length * _turns.Count) - _next;

    /// <inheritdoc />
    public bool Step()
    {
        if (SlicesLeft == 0)
            return false;
        TorchThreads.Use(_request.Options.Threads);
        List<int> positions = _slices[_next / _turns.Count];
        int turn = _next % _turns.Count;
        double[] losses = _turns[turn].Group.Score(_turns[turn].Values, positions.ConvertAll(position => _request.Records[position]));
        for (int i = 0; i < losses.Length; i++)
        {
            double weight = _weights[positions[i]];
            _scores[turn][positions[i]] = new RecordScore(weight > 0 ? losses[i] / weight : 0, weight);
        }

        _next++;
        return SlicesLeft > 0;
    }

    /// <inheritdoc />
    public IReadOnlyList<IReadOnlyList<RecordScore>> Complete()
    {
        while (Step())
        {
        }

        return _scores;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (AdapterGroup group in _groups.Values)
            group.Dispose();
        _placement.ReleaseUnusedMemory();
    }

    private (AdapterGroup Group, float[][] Values) TurnOf(Adapter? adapter, OnnxModel model)
    {
        // The frozen model goes with any adapter.
        Adapter? member = adapter ?? _request.Adapters.FirstOrDefault(other => other is not null);
        AdapterGroup group = GroupOf(member, model);
        return (group, adapter is null ? group.Zeros : [.. adapter.Targets.Select(target => target.B)]);
    }

    private AdapterGroup GroupOf(Adapter? member, OnnxModel model)
    {
        (ModelFingerprint, Projection?, int, float, string) key = member is null ? default : (member.Model, member.Projection, member.Rank, member.Scale, LayersOf(member));
        if (_groups.TryGetValue(key, out AdapterGroup? known))
            return known;
        var group = new AdapterGroup(model, _request, member, _placement);
        _groups.Add(key, group);
        if (_request.Records.Count > 0)
            RecordCheck.RequireClasses(_request.Objective, _request.Records, group.RequireFit(_request.Records[0]));
        return group;
    }

    /// <summary>The adapted layers and their shapes, and of an adapter with an A of its own also whose it is: it shares that with no other.</summary>
    private string LayersOf(Adapter adapter)
    {
        string layers = string.Join(",", adapter.Targets.Select(target => $"{target.InitializerIndex}:{target.OutFeatures}:{target.B.Length}"));
        return adapter.Projection.Kind == ProjectionKind.Explicit ? $"{layers} of {_request.Adapters.ToList().IndexOf(adapter)}" : layers;
    }
}
