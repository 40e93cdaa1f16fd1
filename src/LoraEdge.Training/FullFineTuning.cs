using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;

namespace LoraEdge.Training;

/// <summary>
/// Full fine-tuning on one player's records, under the same loop, early stopping and options as an adapter: the yardstick
/// for what a low-rank change leaves out.
/// </summary>
public static class FullFineTuning
{
    /// <summary>Trains all float weights that lead to the objective.</summary>
    /// <param name="request">As for an adapter; method, rank, scale, projection and trust region have no meaning here.</param>
    /// <param name="cancellation">Checked between steps.</param>
    /// <returns>The best weights by held-out loss, by initializer name, and what they were trained on.</returns>
    /// <exception cref="LoraEdgeException">The model, the objective, a record or an option cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static (IReadOnlyDictionary<string, float[]> Weights, TrainingSummary Summary) Run(TrainingRequest request, CancellationToken cancellation = default)
    {
        request.Options.Validate();
        request.Limits.Validate();
        request.Objective.Validate();
        OnnxModel model = OnnxModel.Load(request.ModelPath);
        string[] values = ObjectiveValues.Of(model, request.Objective);
        SupportCheck.Require(model, values);
        Placement placement = Placement.Of(request.Options);
        using var weights = new FullWeights(model.Graph, values, placement.Device);
        using var loop = new TrainingLoop(model, weights, request, placement);
        do
            cancellation.ThrowIfCancellationRequested();
        while (loop.Step());
        return (loop.AtBest(weights.ByName), loop.Summary);
    }
}
