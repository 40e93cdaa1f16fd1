using LoraEdge.Inference;
using LoraEdge.Onnx;
using LoraEdge.Onnx.Parity;
using LoraEdge.Training;

namespace LoraEdge.Cli.Verification;

/// <summary>Compares what training executes with something else.</summary>
internal static class ModelVerification
{
    /// <summary>With ONNX Runtime, on seeded inputs.</summary>
    public static ParityResult AgainstOnnxRuntime(OnnxModel model)
    {
        ParityTargets targets = ParityTargets.Of(model.Graph);
        TrainingSupport.Require(model, targets.Compared);
        using var executed = new ExecutedModel(model);
        return CheckOf(model, executed).Run(ParityInputs.For(model), targets);
    }

    /// <summary>
    /// With recorded outputs, on recorded inputs. What random outputs are made from is in no recording: that is compared with
    /// ONNX Runtime.
    /// </summary>
    /// <exception cref="InvalidInputException">The reference is for another model.</exception>
    public static ParityResult AgainstReference(OnnxModel model, ReferenceFile reference)
    {
        RequireValues(model, reference);
        var random = new RandomValues(model.Graph);
        string[] compared = [.. reference.Outputs.Keys.Where(name => !random.Contains(name))];
        string[] excluded = [.. model.Graph.Outputs.Select(output => output.Name).Concat(reference.OtherOutputs).Concat(reference.Outputs.Keys).Distinct().Except(compared)];
        using var executed = new ExecutedModel(model);
        ParityCheck check = CheckOf(model, executed);
        ParityResult recorded = check.Compare(executed.Run(reference.Inputs, compared), reference.Outputs, compared, excluded);
        if (recorded.Detail is not null && compared.Length > 0)
            recorded = check.WithFirstDifference(recorded, reference.Inputs);
        string[] sources = [.. random.SourcesOf(excluded.Where(random.Contains)).Except(compared)];
        return sources.Length == 0 ? recorded : Together(recorded, check.Run(reference.Inputs, new ParityTargets(sources, [])));
    }

    private static ParityCheck CheckOf(OnnxModel model, ExecutedModel executed) =>
        new(model, (inputs, values) => ServedValues.Compute(model, inputs, values), executed.Run);

    private static ParityResult Together(ParityResult recorded, ParityResult sources)
    {
        ParityResult worse = recorded.ComparedOutputs.Count > 0 && !recorded.Agrees ? recorded : sources;
        return worse with
        {
            ComparedOutputs = [.. recorded.ComparedOutputs, .. sources.ComparedOutputs],
            Excluded = [.. recorded.Excluded, .. sources.Excluded],
            MaxDifference = Math.Max(recorded.MaxDifference, sources.MaxDifference),
        };
    }

    private static void RequireValues(OnnxModel model, ReferenceFile reference)
    {
        foreach (string name in reference.Outputs.Keys.Concat(reference.OtherOutputs))
        {
            if (model.Graph.ProducerOf(name) is null && model.Graph.Outputs.All(output => output.Name != name))
                throw new InvalidInputException($"{reference.Name} has an output '{name}', which {model.Name} does not compute; its outputs are {string.Join(", ", model.Graph.Outputs.Select(output => output.Name))}. Check that the two belong together.");
        }
    }
}
