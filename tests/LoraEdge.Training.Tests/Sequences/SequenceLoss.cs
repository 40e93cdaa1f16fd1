namespace LoraEdge.Training.Tests.Sequences;

/// <summary>The mean loss of a model of <see cref="RecurrentModels"/> on sequences, by ONNX Runtime one step a run and in double precision.</summary>
internal static class SequenceLoss
{
    /// <summary>The cross-entropy.</summary>
    public static double Of(OnnxModel model, IReadOnlyList<Interaction> records) =>
        Mean(model, records, (logits, target) => Math.Log(logits.Sum(Math.Exp)) - logits[target.Classes![0]]);

    /// <summary>The squared error.</summary>
    public static double OfSquares(OnnxModel model, IReadOnlyList<Interaction> records) =>
        Mean(model, records, (values, target) => values.Zip(target.Values!, (value, wanted) => (value - wanted) * (value - wanted)).Average());

    /// <summary>The model with an adapter in its weights.</summary>
    public static OnnxModel Merged(OnnxModel model, Adapter adapter) =>
        model.WithInitializers(ChangeNorms.Factors(model, adapter).ToDictionary(factors => factors.Layer.WeightName, factors => factors.MergedInto(model)));

    private static double Mean(OnnxModel model, IReadOnlyList<Interaction> records, Func<double[], Target, double> lossOf)
    {
        double sum = 0, norm = 0;
        foreach (Interaction record in records)
        {
            HostTensor state = Zeros(model);
            foreach (Interaction step in record.Steps)
            {
                var inputs = new Dictionary<string, HostTensor>(step.Inputs) { ["state"] = step.StartsEpisode ? Zeros(model) : state };
                Dictionary<string, HostTensor> outputs = OnnxRuntimeReference.Run(model, inputs);
                state = outputs["next"];
                if (step.Target.IsNone)
                    continue;
                double[] values = [.. outputs["logits"].AsSpan<float>().ToArray().Select(value => (double)value)];
                double weight = record.Weight * step.Weight;
                sum += weight * lossOf(values, step.Target);
                norm += weight;
            }
        }

        return sum / norm;
    }

    private static HostTensor Zeros(OnnxModel model)
    {
        long[] shape = [.. model.Graph.Inputs.Single(input => input.Name == "state").Shape!.Select(axis => axis.Size ?? 1)];
        return HostTensor.From(new float[shape.Aggregate(1L, (count, size) => count * size)], shape);
    }
}
