namespace LoraEdge.Training.Tests.Sequences;

/// <summary>The mean cross-entropy of a model of <see cref="RecurrentModels"/> on sequences, by ONNX Runtime one step a run and in double precision.</summary>
internal static class SequenceLoss
{
    /// <summary>The loss.</summary>
    public static double Of(OnnxModel model, IReadOnlyList<Interaction> records)
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
                double[] logits = [.. outputs["logits"].AsSpan<float>().ToArray().Select(logit => (double)logit)];
                double weight = record.Weight * step.Weight;
                sum += weight * (Math.Log(logits.Sum(Math.Exp)) - logits[step.Target.Classes![0]]);
                norm += weight;
            }
        }

        return sum / norm;
    }

    /// <summary>The model with an adapter in its weights.</summary>
    public static OnnxModel Merged(OnnxModel model, Adapter adapter) =>
        model.WithInitializers(ChangeNorms.Factors(model, adapter).ToDictionary(factors => factors.Layer.WeightName, factors => factors.MergedInto(model)));

    private static HostTensor Zeros(OnnxModel model)
    {
        long[] shape = [.. model.Graph.Inputs.Single(input => input.Name == "state").Shape!.Select(axis => axis.Size ?? 1)];
        return HostTensor.From(new float[shape.Aggregate(1L, (count, size) => count * size)], shape);
    }
}
