namespace LoraEdge;

/// <summary>
/// The A of every target of one adapter: where the trainer and the merger both get it from, so that they cannot differ.
/// </summary>
public sealed class ProjectionFactors
{
    private ProjectionFactors(Projection projection, int rank, IReadOnlyList<AdaptableWeight> weights, IReadOnlyList<float[]> matrices)
    {
        Projection = projection;
        Rank = rank;
        Weights = weights;
        Matrices = matrices;
    }

    /// <summary>What an adapter trained with these factors names.</summary>
    public Projection Projection { get; }

    /// <summary>Rank r of every A.</summary>
    public int Rank { get; }

    /// <summary>The weights that are adapted, in target order.</summary>
    public IReadOnlyList<AdaptableWeight> Weights { get; }

    /// <summary>A of every target, in target order; shape <c>(r, in)</c>, row-major.</summary>
    public IReadOnlyList<float[]> Matrices { get; }

    /// <summary>For a trainer: makes A for the weights that it will adapt.</summary>
    /// <param name="source">A seed or a calibrated projection.</param>
    /// <param name="model">Fingerprint of the model.</param>
    /// <param name="weights">The weights to adapt, in strictly ascending order of their initializer index.</param>
    /// <param name="rank">Rank r.</param>
    /// <exception cref="ArgumentException">The weights are not in ascending order.</exception>
    /// <exception cref="AdapterMismatchException">The source was made for another model.</exception>
    /// <exception cref="InvalidOptionsException">The source has no A for a weight or a rank.</exception>
    public static ProjectionFactors Make(IProjectionSource source, ModelFingerprint model, IReadOnlyList<AdaptableWeight> weights, int rank)
    {
        for (int i = 1; i < weights.Count; i++)
        {
            if (weights[i].InitializerIndex <= weights[i - 1].InitializerIndex)
                throw new ArgumentException($"Weights must be in ascending order of their initializer index, but {weights[i].InitializerIndex} follows {weights[i - 1].InitializerIndex}.", nameof(weights));
        }

        CheckMadeFor(source, model);
        float[][] matrices = weights.Select(weight => source.A(weight, rank)).ToArray();
        var projection = new Projection { Kind = source.Kind, Seed = source.Seed, Crc32 = ProjectionCrc.Over(matrices) };
        return new ProjectionFactors(projection, rank, weights.ToArray(), matrices);
    }

    /// <summary>
    /// For whoever applies an adapter: checks that it belongs to the model, then finds or makes the A that it was trained
    /// with. The model's fingerprint is compared before any shape is looked at.
    /// </summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="model">Fingerprint of the model at hand.</param>
    /// <param name="weights">All weights of the model that can be adapted, in any order.</param>
    /// <param name="calibrated">The calibrated projection shipped beside the model, or null when there is none.</param>
    /// <param name="earlier">
    /// What this returned for another adapter of the same model, or null. Where both have the same projection, rank and targets its
    /// A is taken instead of being made again.
    /// </param>
    /// <exception cref="AdapterMismatchException">The adapter is for another model, another projection or other shapes.</exception>
    public static ProjectionFactors For(
        Adapter adapter, ModelFingerprint model, IReadOnlyList<AdaptableWeight> weights, CalibratedProjection? calibrated = null, ProjectionFactors? earlier = null)
    {
        if (adapter.Model != model)
            throw new AdapterMismatchException($"The adapter was trained on the model {adapter.Model}, but this model is {model}. Ship the model that it was trained on, or train a new adapter.");
        AdaptableWeight[] targets = AdapterShapes.Match(adapter, weights);
        if (adapter.Projection.Kind != ProjectionKind.Explicit && earlier is not null && earlier.Projection == adapter.Projection && earlier.Rank == adapter.Rank && earlier.Weights.SequenceEqual(targets))
            return earlier;
        IReadOnlyList<float[]> matrices = adapter.Projection.Kind switch
        {
            ProjectionKind.Explicit => adapter.Targets.Select(target => target.A!).ToArray(),
            ProjectionKind.Seeded => MakeAndCompare(adapter, targets, new SeededProjection(adapter.Projection.Seed)),
            ProjectionKind.Calibrated => MakeAndCompare(adapter, targets, Identify(adapter, model, calibrated)),
            _ => throw new AdapterMismatchException($"The adapter was trained with a projection of kind {(int)adapter.Projection.Kind}, which this version does not know. Update LoraEdge."),
        };
        return new ProjectionFactors(adapter.Projection, adapter.Rank, targets, matrices);
    }

    private static CalibratedProjection Identify(Adapter adapter, ModelFingerprint model, CalibratedProjection? calibrated)
    {
        if (calibrated is null)
            throw new AdapterMismatchException($"The adapter was trained with the calibrated projection {adapter.Projection.Seed:x16}, but none was given. Ship the projection file beside the model.");
        if (calibrated.Seed != adapter.Projection.Seed)
            throw new AdapterMismatchException($"The adapter was trained with the calibrated projection {adapter.Projection.Seed:x16}, but the one given is {calibrated.Seed:x16}. Ship the projection that it was trained with, or train a new adapter.");
        CheckMadeFor(calibrated, model);
        return calibrated;
    }

    private static void CheckMadeFor(IProjectionSource source, ModelFingerprint model)
    {
        if (source.Model is ModelFingerprint other && other != model)
            throw new AdapterMismatchException($"The calibrated projection {source.Seed:x16} was made for the model {other}, but this model is {model}. Calibrate again on this model.");
    }

    private static float[][] MakeAndCompare(Adapter adapter, AdaptableWeight[] targets, IProjectionSource source)
    {
        float[][] matrices;
        try
        {
            matrices = Array.ConvertAll(targets, weight => source.A(weight, adapter.Rank));
        }
        catch (InvalidOptionsException e)
        {
            throw new AdapterMismatchException($"The adapter's projection cannot be made for this model: {e.Message}", e);
        }

        uint crc = ProjectionCrc.Over(matrices);
        if (crc != adapter.Projection.Crc32)
            throw new AdapterMismatchException($"The adapter's projection ({source.Kind}, seed {source.Seed:x16}) has the CRC {adapter.Projection.Crc32:x8}, but this machine makes one with {crc:x8}, so the adapter would change the model in the wrong directions. Train a new adapter, and report the two numbers: the projection should be the same everywhere.");
        return matrices;
    }
}
