using LoraEdge.Onnx;
using LoraEdge.Onnx.Parity;
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

    /// <summary>Checks all that an adapter's training asks of a model, an objective and options, as far as it can be told without running the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="objective">What is going to be minimised.</param>
    /// <param name="options">How it is going to be trained.</param>
    /// <exception cref="InvalidOptionsException">An option is out of range, the objective does not fit the model, or nothing could be adapted for it.</exception>
    /// <exception cref="UnsupportedModelException">Some nodes cannot be executed, on the way to the objective or to an output that parity compares; all of them are listed.</exception>
    public static void Require(OnnxModel model, Objective objective, TrainingOptions options)
    {
        options.Validate();
        objective.Validate();
        string[] trained = ObjectiveValues.Of(model, objective);
        SupportCheck.Require(model, [.. trained, .. ParityTargets.Of(model.Graph).Compared]);
        ObjectiveCheck.RequireDeclared(model, objective);
        ObjectiveLayers.Find(model, objective, options.IncludeLayers, options.ExcludeLayers);
        BatchAxis.Require(model, objective, options);
    }

    /// <summary>Every node that the model's outputs need and that cannot be executed, in execution order; none when all can.</summary>
    /// <param name="model">The model.</param>
    public static IReadOnlyList<UnsupportedNode> UnsupportedNodes(OnnxModel model) => SupportCheck.Find(model, model.Graph.Outputs.Select(output => output.Name));
}
