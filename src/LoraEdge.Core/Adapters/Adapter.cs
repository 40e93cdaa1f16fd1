namespace LoraEdge;

/// <summary>
/// One player's (or device's) low-rank change of a frozen model: <c>W' = W + s * B * A</c> for every target, where A is
/// regenerated from <see cref="Projection"/> and only B is stored. LoRA-FA: arXiv:2308.03303.
/// </summary>
public sealed class Adapter
{
    /// <summary>Fingerprint of the model that the adapter was trained on.</summary>
    public required ModelFingerprint Model { get; init; }

    /// <summary>Where the frozen A of every target comes from.</summary>
    public required Projection Projection { get; init; }

    /// <summary>Rank r of every target; 1 is the default method.</summary>
    public required int Rank { get; init; }

    /// <summary>The factor s on every <c>B * A</c>.</summary>
    public required float Scale { get; init; }

    /// <summary>The adapted weights, in ascending order of <see cref="AdapterTarget.InitializerIndex"/>.</summary>
    public required IReadOnlyList<AdapterTarget> Targets { get; init; }

    /// <summary>What the adapter was trained on and how it did on records held out from training.</summary>
    public required TrainingSummary Training { get; init; }

    /// <summary>
    /// Fields of the file that this version does not interpret, in ascending order of their numbers; written again byte for
    /// byte. Whoever changes B, the scale or the projection must bring the fields it knows up to date and drop the others.
    /// </summary>
    public IReadOnlyList<AdapterExtension> Extensions { get; init; } = [];

    /// <summary>Whether the adapter leaves the model as it is.</summary>
    internal bool IsZero => Targets.All(target => target.B.All(value => value == 0));

    /// <summary>The adapter of the same shape that leaves the model as it is: B of zeros.</summary>
    internal Adapter WithoutChange() => new()
    {
        Model = Model,
        Projection = Projection,
        Rank = Rank,
        Scale = Scale,
        Targets = [.. Targets.Select(target => new AdapterTarget { InitializerIndex = target.InitializerIndex, OutFeatures = target.OutFeatures, B = new float[target.B.Length], A = target.A })],
        Training = new TrainingSummary(),
    };

    /// <summary>The same change of the model with other extensions.</summary>
    internal Adapter With(IReadOnlyList<AdapterExtension> extensions) => new()
    {
        Model = Model,
        Projection = Projection,
        Rank = Rank,
        Scale = Scale,
        Targets = Targets,
        Training = Training,
        Extensions = extensions,
    };
}
