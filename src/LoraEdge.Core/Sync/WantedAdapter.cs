namespace LoraEdge;

/// <summary>
/// Which adapters of a folder are combined: those of one model, one projection, one rank and the same targets. What is null is
/// that of the adapters with the most records.
/// </summary>
public sealed record WantedAdapter
{
    /// <summary>Fingerprint of the model.</summary>
    public ModelFingerprint? Model { get; init; }

    /// <summary>Where A comes from.</summary>
    public Projection? Projection { get; init; }

    /// <summary>
    /// Where a host makes A from: other adapters are left out, but those that carry an A of their own. Unlike
    /// <see cref="Projection"/> it is known before there is an adapter.
    /// </summary>
    public IProjectionSource? Source { get; init; }

    /// <summary>Rank.</summary>
    public int? Rank { get; init; }

    /// <summary>Why an adapter is not wanted; null when it is.</summary>
    internal string? Refuse(Adapter adapter)
    {
        if (Model is { } model && model != adapter.Model)
            return "it is for another model";
        if ((Projection is not null && Projection != adapter.Projection) || IsOfAnotherSource(adapter.Projection))
            return "it has another projection";
        return Rank is { } rank && rank != adapter.Rank ? $"it has rank {adapter.Rank}, not {rank}" : null;
    }

    private bool IsOfAnotherSource(Projection projection) =>
        Source is not null && projection.Kind != ProjectionKind.Explicit && (projection.Kind != Source.Kind || projection.Seed != Source.Seed);
}
