namespace LoraEdge.Training.Tests;

/// <summary>Made-up players of <see cref="TinyModels.Policy"/>: what they choose depends on the input by a rule of their own.</summary>
internal static class Players
{
    public const int Features = 8;
    public const int Classes = 4;

    public static Objective Objective { get; } = new() { ValueName = "logits" };

    /// <summary>Records of a player who chooses the largest of four random scores of the input.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Seed of the inputs.</param>
    /// <param name="rule">Seed of the player's rule.</param>
    public static Interaction[] Records(int count, int seed, int rule = 100)
    {
        float[] scores = Numbers.Normal(Features * Classes, rule);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            float[] x = Numbers.Normal(Features, seed * 10_000 + i);
            double[] preference = [.. Enumerable.Range(0, Classes).Select(c => Enumerable.Range(0, Features).Sum(f => (double)x[f] * scores[f * Classes + c]))];
            return Record(x, Target.Class(Array.IndexOf(preference, preference.Max())));
        })];
    }

    /// <summary>One record.</summary>
    public static Interaction Record(float[] x, Target target, float weight = 1) =>
        new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(x, 1, x.Length) }, target, weight);

    /// <summary>The same records with every choice moved on by one: what is right there is wrong here.</summary>
    public static Interaction[] Contradicting(IEnumerable<Interaction> records) =>
        [.. records.Select(record => record with { Target = Target.Class((int)(record.Target.Classes![0] + 1) % Classes) })];
}
