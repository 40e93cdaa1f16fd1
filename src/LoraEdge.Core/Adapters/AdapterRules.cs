namespace LoraEdge;

/// <summary>What every stored adapter fulfils; the writer and the reader apply the same rules.</summary>
internal static class AdapterRules
{
    public static void Check(Adapter adapter, AdapterPrecision precision, string source)
    {
        if (precision is not (AdapterPrecision.Float16 or AdapterPrecision.Float32))
            throw Broken(source, $"precision is {(int)precision}, expected 1 (Float16) or 2 (Float32)");
        if (adapter.Rank is < 1 or > AdapterLimits.MaxRank)
            throw Broken(source, $"rank is {adapter.Rank}, expected 1 to {AdapterLimits.MaxRank}");
        if (!FloatBits.IsFinite(adapter.Scale) || adapter.Scale == 0)
            throw Broken(source, $"scale is {adapter.Scale}, expected a finite number other than 0");
        CheckProjection(adapter.Projection, source);
        CheckTraining(adapter.Training, source);
        CheckExtensions(adapter.Extensions, source);
        CheckTargets(adapter, precision, source);
    }

    private static void CheckProjection(Projection projection, string source)
    {
        if (projection.Kind is not (ProjectionKind.Seeded or ProjectionKind.Calibrated or ProjectionKind.Explicit))
            throw Broken(source, $"projection kind is {(int)projection.Kind}, expected 1 to 3; a newer LoraEdge may know it");
        if (projection.Kind == ProjectionKind.Explicit && (projection.Seed != 0 || projection.Crc32 != 0))
            throw Broken(source, $"the explicit projection has seed {projection.Seed} and CRC {projection.Crc32:x8}, expected 0 and 0");
    }

    private static void CheckTraining(TrainingSummary training, string source)
    {
        if (training.Records < 0)
            throw Broken(source, $"the number of training records is {training.Records}, expected 0 or more");
        if (training.Steps < 0)
            throw Broken(source, $"the number of training steps is {training.Steps}, expected 0 or more");
        if (training.HeldOutRecords < 0)
            throw Broken(source, $"the number of held-out records is {training.HeldOutRecords}, expected 0 or more");
        CheckLoss(training, training.BaseLoss, "base", source);
        CheckLoss(training, training.AdaptedLoss, "adapted", source);
    }

    private static void CheckLoss(TrainingSummary training, float loss, string name, string source)
    {
        bool unknown = float.IsNaN(loss) && training.HeldOutRecords == 0;
        if (!unknown && !FloatBits.IsFinite(loss))
            throw Broken(source, $"the {name} loss over {training.HeldOutRecords} held-out records is {loss}, expected a finite number, or NaN when no records were held out");
    }

    private static void CheckExtensions(IReadOnlyList<AdapterExtension> extensions, string source)
    {
        if (extensions.Count > AdapterLimits.MaxExtensions)
            throw Broken(source, $"it has {extensions.Count} extensions, expected at most {AdapterLimits.MaxExtensions}");
        for (int i = 1; i < extensions.Count; i++)
        {
            if (extensions[i].Number <= extensions[i - 1].Number)
                throw Broken(source, $"extension {extensions[i].Number} follows {extensions[i - 1].Number}, expected ascending numbers");
        }
    }

    private static void CheckTargets(Adapter adapter, AdapterPrecision precision, string source)
    {
        IReadOnlyList<AdapterTarget> targets = adapter.Targets;
        if (targets.Count is < 1 or > AdapterLimits.MaxTargets)
            throw Broken(source, $"it has {targets.Count} targets, expected 1 to {AdapterLimits.MaxTargets}");
        int previous = -1;
        long bytes = 0;
        foreach (AdapterTarget target in targets)
        {
            int index = target.InitializerIndex;
            if (index <= previous || index > AdapterLimits.MaxInitializerIndex)
                throw Broken(source, $"initializer index {index} follows {previous}, expected ascending indices from 0 to {AdapterLimits.MaxInitializerIndex}");
            previous = index;
            CheckB(adapter, target, precision, source);
            CheckA(adapter, target, precision, source);
            bytes += (target.B.LongLength + (target.A?.LongLength ?? 0)) * FloatPayload.SizeOf(precision);
        }

        if (bytes > AdapterLimits.MaxFileBytes)
            throw Broken(source, $"its factors take {bytes} bytes, expected at most {AdapterLimits.MaxFileBytes} for the whole file; lower the rank or adapt fewer layers");
    }

    private static void CheckB(Adapter adapter, AdapterTarget target, AdapterPrecision precision, string source)
    {
        if (target.OutFeatures is < 1 or > AdapterLimits.MaxOutFeatures)
            throw Broken(source, $"initializer {target.InitializerIndex} has {target.OutFeatures} output features, expected 1 to {AdapterLimits.MaxOutFeatures}");
        long expected = (long)target.OutFeatures * adapter.Rank;
        if (target.B.LongLength != expected)
            throw Broken(source, $"B of initializer {target.InitializerIndex} has {target.B.LongLength} values, expected {target.OutFeatures} x {adapter.Rank} = {expected}");
        CheckValues("B", target.B, target, precision, source);
    }

    private static void CheckA(Adapter adapter, AdapterTarget target, AdapterPrecision precision, string source)
    {
        bool isExplicit = adapter.Projection.Kind == ProjectionKind.Explicit;
        if (isExplicit != target.A is not null)
            throw Broken(source, $"initializer {target.InitializerIndex} has {(target.A is null ? "no A" : "an A")} of its own and the projection kind is {adapter.Projection.Kind}, expected an A exactly when it is {ProjectionKind.Explicit}");
        if (target.A is null)
            return;
        long length = target.A.LongLength;
        if (length < adapter.Rank || length % adapter.Rank != 0 || length / adapter.Rank > AdapterLimits.MaxInFeatures)
            throw Broken(source, $"A of initializer {target.InitializerIndex} has {length} values, expected {adapter.Rank} rows of 1 to {AdapterLimits.MaxInFeatures}");
        CheckValues("A", target.A, target, precision, source);
    }

    private static void CheckValues(string factor, float[] values, AdapterTarget target, AdapterPrecision precision, string source)
    {
        int at = FloatPayload.FirstThatCannotBeStored(values, precision);
        if (at < 0)
            return;
        string remedy = FloatBits.IsFinite(values[at]) ? "store it as Float32" : "training has diverged, lower the learning rate";
        throw Broken(source, $"value {at} of {factor} of initializer {target.InitializerIndex} is {values[at]}, expected a finite number that {precision} can hold; {remedy}");
    }

    private static AdapterFormatException Broken(string source, string problem) => new($"{source}: {problem}. See docs/adapter-format.md.");
}
