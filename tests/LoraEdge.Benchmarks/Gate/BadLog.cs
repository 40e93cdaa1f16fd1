namespace LoraEdge.Benchmarks.Gate;

/// <summary>A way in which a log can go wrong.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Spoil">Makes the log and the held-out records of one source from good ones.</param>
internal sealed record BadLog(string Name, Func<IReadOnlyList<Interaction>, IReadOnlyList<Interaction>, Random, (IReadOnlyList<Interaction> Log, IReadOnlyList<Interaction> HeldOut)> Spoil)
{
    private const int OneInSoMany = 10;

    /// <summary>
    /// All of them. Labels that mean nothing are held out with labels of the same kind; where only some records are spoiled,
    /// or one is repeated, the person's good ones are held out.
    /// </summary>
    public static IReadOnlyList<BadLog> All { get; } =
    [
        new("shuffled labels", (log, heldOut, random) => (Shuffled(log, random), Shuffled(heldOut, random))),
        new("constant labels", (log, heldOut, _) => (Constant(log), Constant(heldOut))),
        new("NaN inputs", (log, heldOut, _) => (Some(log, record => Filled(record, float.NaN)), heldOut)),
        new("infinite inputs", (log, heldOut, _) => (Some(log, record => Filled(record, float.PositiveInfinity)), heldOut)),
        new("nothing but NaN", (log, heldOut, _) => ([.. log.Select(record => Filled(record, float.NaN))], heldOut)),
        new("wrong shapes", (log, heldOut, _) => (Some(log, Cut), heldOut)),
        new("one record again and again", (log, heldOut, random) => ([.. Enumerable.Repeat(log[random.Next(log.Count)], log.Count)], heldOut)),
    ];

    private static IReadOnlyList<Interaction> Shuffled(IReadOnlyList<Interaction> records, Random random)
    {
        Target[] targets = [.. records.Select(record => record.Target)];
        random.Shuffle(targets);
        return [.. records.Zip(targets, (record, target) => new Interaction(record.Inputs, target))];
    }

    private static IReadOnlyList<Interaction> Constant(IReadOnlyList<Interaction> records) =>
        [.. records.Select(record => new Interaction(record.Inputs, Target.Class(0)))];

    private static IReadOnlyList<Interaction> Some(IReadOnlyList<Interaction> records, Func<Interaction, Interaction> spoil) =>
        [.. records.Select((record, i) => i % OneInSoMany == 0 ? spoil(record) : record)];

    private static Interaction Filled(Interaction record, float value) => With(record, values => [.. values.Select(_ => value)]);

    private static Interaction Cut(Interaction record) => With(record, values => values[1..]);

    private static Interaction With(Interaction record, Func<float[], float[]> change)
    {
        (string name, HostTensor input) = record.Inputs.Single();
        float[] values = change(input.AsSpan<float>().ToArray());
        return new Interaction(new Dictionary<string, HostTensor> { [name] = HostTensor.From(values, 1, values.Length) }, record.Target);
    }
}
