using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>The layers and the projection of an attached session, and what it makes of adapters. Safe to use from several threads.</summary>
internal sealed class AttachedAdapters
{
    private readonly ServingModel _model;
    private readonly IProjectionSource _projection;
    private readonly int _rank;
    private readonly AdaptableWeight[] _weights;
    private readonly Dictionary<int, int> _positions;

    // Making A anew for every adapter of thousands would take longer than all else.
    private readonly Dictionary<Projection, int[]> _checked = [];

    /// <summary>Makes A.</summary>
    /// <exception cref="AdapterMismatchException">The projection was made for another model.</exception>
    /// <exception cref="InvalidOptionsException">A layer can only be served merged, or the projection has no A for it.</exception>
    public AttachedAdapters(ServingModel model, IProjectionSource projection, int rank, IReadOnlyList<AdaptableLayer> layers)
    {
        (_model, _projection, _rank) = (model, projection, rank);
        Layers = [.. layers.OrderBy(layer => layer.InitializerIndex)];
        if (Objection(model.Model, Layers) is { } objection)
            throw new InvalidOptionsException($"{model.Model.Name} cannot be served with attached adapters on all of these layers, since one is served merged only. {objection} Leave the layer out, or serve with {nameof(ServingModel)}.{nameof(ServingModel.Build)}.");
        _weights = [.. Layers.Select(layer => layer.AsWeight())];
        _positions = Layers.Select((layer, i) => (layer.InitializerIndex, i)).ToDictionary(entry => entry.InitializerIndex, entry => entry.i);
        Matrices = ProjectionFactors.Make(projection, model.Model.Fingerprint, _weights, rank).Matrices;
    }

    /// <summary>The layers, in ascending order of their initializer index.</summary>
    public IReadOnlyList<AdaptableLayer> Layers { get; }

    /// <summary>A of every layer, shape <c>(r, in)</c>.</summary>
    public IReadOnlyList<float[]> Matrices { get; }

    /// <summary>Why not all of the layers can be served attached; null when they can.</summary>
    public static string? Objection(OnnxModel model, IReadOnlyList<AdaptableLayer> layers) => model.Opsets.TryGetValue("", out long opset)
        ? layers.Select(layer => AttachedModel.Objection(layer, opset)).FirstOrDefault(reason => reason is not null)
        : $"{model.Name} imports no operator set of ONNX's own, of which the nodes beside its layers are.";

    /// <summary>Checks an adapter and scales its B.</summary>
    /// <returns><c>s*B</c> by layer; null where the adapter leaves a layer as it is.</returns>
    /// <exception cref="AdapterMismatchException">The adapter is for another model, projection, rank or shape, changes a layer that is not served here, or is not finite.</exception>
    public float[]?[] Scaled(Adapter adapter)
    {
        Require(adapter);
        var b = new float[]?[Layers.Count];
        foreach (AdapterTarget target in adapter.Targets)
        {
            if (!_positions.TryGetValue(target.InitializerIndex, out int at))
                throw new AdapterMismatchException($"The adapter changes the weight {target.InitializerIndex} of {_model.Model.Name}, which is not among the {Layers.Count} layers of this session. Open the session with all layers that adapters change.");
            var branch = new LayerBranch(Layers[at], Matrices[at], target.B, adapter.Scale);
            MergedRange.Check(branch, _model.Model.Name);
            b[at] = [.. target.B.Select(value => value * adapter.Scale)];
        }

        return b;
    }

    private void Require(Adapter adapter)
    {
        if (adapter.Model == _model.Model.Fingerprint && (adapter.Projection.Kind != _projection.Kind || adapter.Projection.Seed != _projection.Seed))
            throw new AdapterMismatchException($"The adapter was trained with the projection {adapter.Projection.Kind} {adapter.Projection.Seed:x16}, but this session has {_projection.Kind} {_projection.Seed:x16}, which all of its players share. Serve it merged, or open a session with its projection.");
        if (adapter.Model == _model.Model.Fingerprint && adapter.Rank != _rank)
            throw new AdapterMismatchException($"The adapter has rank {adapter.Rank}, but the tables of this session are for rank {_rank}. Serve it merged, or open a session of its rank.");
        int[] targets = [.. adapter.Targets.Select(target => target.InitializerIndex)];
        lock (_checked)
        {
            if (adapter.Model == _model.Model.Fingerprint && _checked.TryGetValue(adapter.Projection, out int[]? known) && known.SequenceEqual(targets) && adapter.Targets.All(HasShape))
                return;
            ProjectionFactors.For(adapter, _model.Model.Fingerprint, _weights, _projection as CalibratedProjection);
            _checked[adapter.Projection] = targets;
        }
    }

    private bool HasShape(AdapterTarget target) =>
        _positions.TryGetValue(target.InitializerIndex, out int at) && target.OutFeatures == Layers[at].OutFeatures && target.B.LongLength == (long)target.OutFeatures * _rank;
}
