namespace LoraEdge.Tests.Adapters;

/// <summary>Small adapters and models that the tests of this folder share.</summary>
internal static class Samples
{
    public static readonly ModelFingerprint Model = new(Enumerable.Range(0, 32).Select(i => (byte)(i * 7)).ToArray());

    public static readonly ModelFingerprint OtherModel = new(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    public static readonly AdaptableWeight[] Weights =
    [
        new(3, "embed.weight", 5, 8),
        new(17, "layers.0.weight", 8, 6),
        new(300, "head.weight", 6, 10),
    ];

    /// <summary>The adapter of docs/adapter-format.md: one target of three rows.</summary>
    public static Adapter Tiny() => new()
    {
        Model = Model,
        Projection = new Projection { Kind = ProjectionKind.Seeded, Seed = 42, Crc32 = 0x1769df99 },
        Rank = 1,
        Scale = 1f,
        Targets = [new AdapterTarget { InitializerIndex = 7, OutFeatures = 3, B = [0.5f, -1f, 0.25f] }],
        Training = new TrainingSummary { Records = 1000, Steps = 96, HeldOutRecords = 120, BaseLoss = 1.25f, AdaptedLoss = 1.125f },
    };

    /// <summary>An adapter over <see cref="Weights"/> with values that half precision holds exactly.</summary>
    public static Adapter Seeded(int rank = 1, ulong seed = 42, IReadOnlyList<AdapterExtension>? extensions = null)
    {
        ProjectionFactors factors = ProjectionFactors.Make(new SeededProjection(seed), Model, Weights, rank);
        return Over(factors.Projection, rank, withA: false, extensions);
    }

    /// <summary>An adapter over <see cref="Weights"/> that carries its own A.</summary>
    public static Adapter Explicit(int rank = 1, IReadOnlyList<AdapterExtension>? extensions = null) =>
        Over(new Projection { Kind = ProjectionKind.Explicit }, rank, withA: true, extensions);

    /// <summary>The same adapter with some properties replaced.</summary>
    public static Adapter With(
        Adapter adapter, int? rank = null, IReadOnlyList<AdapterTarget>? targets = null, float? scale = null,
        Projection? projection = null, TrainingSummary? training = null, IReadOnlyList<AdapterExtension>? extensions = null,
        ModelFingerprint? model = null) => new()
    {
        Model = model ?? adapter.Model,
        Projection = projection ?? adapter.Projection,
        Rank = rank ?? adapter.Rank,
        Scale = scale ?? adapter.Scale,
        Targets = targets ?? adapter.Targets,
        Training = training ?? adapter.Training,
        Extensions = extensions ?? adapter.Extensions,
    };

    private static Adapter Over(Projection projection, int rank, bool withA, IReadOnlyList<AdapterExtension>? extensions)
    {
        var random = new Random(7);
        return new Adapter
        {
            Model = Model,
            Projection = projection,
            Rank = rank,
            Scale = 0.5f,
            Targets = Weights.Select(weight => new AdapterTarget
            {
                InitializerIndex = weight.InitializerIndex,
                OutFeatures = weight.OutFeatures,
                B = Halves(random, weight.OutFeatures * rank),
                A = withA ? Halves(random, weight.InFeatures * rank) : null,
            }).ToArray(),
            Training = new TrainingSummary { Records = 70_000, Steps = 5, HeldOutRecords = 3, BaseLoss = 2.5f, AdaptedLoss = 2.25f },
            Extensions = extensions ?? [],
        };
    }

    private static float[] Halves(Random random, int count) =>
        Enumerable.Range(0, count).Select(_ => (float)(Half)(random.NextDouble() - 0.5)).ToArray();
}
