namespace LoraEdge.Training.Tests;

/// <summary>The mean cross-entropy of <see cref="TinyModels.Policy"/>, by ONNX Runtime on merged weights and in double precision.</summary>
internal static class PolicyLoss
{
    private static readonly OnnxModel s_model = TinyModels.Policy();

    /// <summary>The loss with an adapter; without one when it is null.</summary>
    public static double Of(Adapter? adapter, IReadOnlyList<Interaction> records) => OfEach(adapter, records).Average();

    /// <summary>The loss of each record; classes that were not possible have probability zero.</summary>
    public static double[] OfEach(Adapter? adapter, IReadOnlyList<Interaction> records)
    {
        float[] logits = Logits(adapter is null ? s_model : Merge(adapter), records);
        return [.. records.Select((record, row) =>
        {
            double[] own = [.. logits.Skip(row * Players.Classes).Take(Players.Classes).Select(logit => (double)logit)];
            int[] possible = record.Target.AllowedClasses ?? [.. Enumerable.Range(0, Players.Classes)];
            return Math.Log(possible.Sum(index => Math.Exp(own[index]))) - own[record.Target.Classes![0]];
        })];
    }

    /// <summary>The same inputs with what the frozen model likes best as the choice.</summary>
    public static Interaction[] FrozenChoices(IReadOnlyList<Interaction> records)
    {
        float[] logits = Logits(s_model, records);
        return [.. records.Select((record, row) =>
        {
            float[] own = [.. logits.Skip(row * Players.Classes).Take(Players.Classes)];
            return record with { Target = Target.Class(Array.IndexOf(own, own.Max())) };
        })];
    }

    private static float[] Logits(OnnxModel model, IReadOnlyList<Interaction> records)
    {
        float[] x = [.. records.SelectMany(record => record.Inputs["x"].AsSpan<float>().ToArray())];
        var inputs = new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(x, records.Count, Players.Features) };
        return OnnxRuntimeReference.Run(model, inputs)["logits"].AsSpan<float>().ToArray();
    }

    private static OnnxModel Merge(Adapter adapter) =>
        s_model.WithInitializers(ChangeNorms.Factors(s_model, adapter).ToDictionary(factors => factors.Layer.WeightName, factors => factors.MergedInto(s_model)));
}
