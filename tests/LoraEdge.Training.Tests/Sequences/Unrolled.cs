using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Sequences;

/// <summary>The loss of sequences as one graph of all steps, and its gradients: what windows and batches are compared with.</summary>
internal static class Unrolled
{
    /// <summary>Runs sequences one after the other.</summary>
    /// <param name="model">A model of <see cref="RecurrentModels"/>.</param>
    /// <param name="weights">What is trained.</param>
    /// <param name="records">The sequences.</param>
    /// <param name="detachBefore">Steps before which gradients end.</param>
    /// <param name="counts">Steps whose losses count; null for all with a target.</param>
    /// <returns>The mean loss, and a gradient for each parameter.</returns>
    public static (double Loss, float[][] Gradients) Run(
        OnnxModel model, TrainableWeights weights, IReadOnlyList<Interaction> records, Func<int, bool> detachBefore, Func<int, bool>? counts = null)
    {
        using IDisposable scope = NewDisposeScope();
        using var executor = new GraphExecutor(model, weights);
        weights.ClearGradients();
        Tensor sum = zeros(1);
        double norm = 0;
        foreach (Interaction record in records)
        {
            IReadOnlyList<Interaction> steps = record.Steps.Count > 0 ? record.Steps : [record];
            Tensor state = Zeros(model);
            for (int step = 0; step < steps.Count; step++)
            {
                if (detachBefore(step))
                    state = state.detach();
                if (steps[step].StartsEpisode)
                    state = Zeros(model);
                Tensor[] results = executor.Run(new Dictionary<string, Tensor> { ["x"] = steps[step].Inputs["x"].ToTorch(), ["state"] = state }, "logits", "next");
                state = results[1];
                if (steps[step].Target.IsNone || counts?.Invoke(step) == false)
                    continue;
                double weight = steps[step].Weight * (record.Steps.Count > 0 ? record.Weight : 1);
                sum = sum + weight * nn.functional.cross_entropy(results[0], tensor(steps[step].Target.Classes!));
                norm += weight;
            }
        }

        Tensor loss = sum / norm;
        loss.backward();
        return (loss.item<float>(), [.. weights.Parameters.Select(parameter => parameter.grad is { } gradient ? gradient.ToFloatsAndDispose() : new float[parameter.numel()])]);
    }

    private static Tensor Zeros(OnnxModel model) => zeros([.. model.Graph.Inputs.Single(input => input.Name == "state").Shape!.Select(axis => axis.Size ?? 1)]);
}
