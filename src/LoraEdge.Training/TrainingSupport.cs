using LoraEdge.Onnx;
using LoraEdge.Training.Execution;

namespace LoraEdge.Training;

/// <summary>Tells whether a model can be trained through, before anything native is opened for it.</summary>
public static class TrainingSupport
{
    /// <summary>Checks every node that the model's outputs need.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="UnsupportedModelException">Some nodes cannot be executed; all of them are listed.</exception>
    public static void Require(OnnxModel model) => SupportCheck.Require(model, [.. model.Graph.Outputs.Select(output => output.Name)]);

    /// <summary>Checks every node that some values need.</summary>
    /// <param name="model">The model.</param>
    /// <param name="values">Names of the values.</param>
    /// <exception cref="InvalidOptionsException">The graph has no such value.</exception>
    /// <exception cref="UnsupportedModelException">Some nodes cannot be executed; all of them are listed.</exception>
    public static void Require(OnnxModel model, IReadOnlyList<string> values) => SupportCheck.Require(model, values);

    /// <summary>Every node that the model's outputs need and that cannot be executed, in execution order; none when all can.</summary>
    /// <param name="model">The model.</param>
    public static IReadOnlyList<UnsupportedNode> UnsupportedNodes(OnnxModel model) => SupportCheck.Find(model, model.Graph.Outputs.Select(output => output.Name));
}
