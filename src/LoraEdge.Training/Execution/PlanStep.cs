using System.Runtime.InteropServices;
using LoraEdge.Onnx;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>One node of a plan.</summary>
/// <param name="Node">The node, for messages.</param>
/// <param name="Operation">What it does.</param>
/// <param name="Inputs">Slots of the inputs; -1 for an omitted one.</param>
/// <param name="Outputs">Slots of the outputs; -1 for one that nobody names.</param>
/// <param name="LastUses">Slots whose values are disposed after this step.</param>
internal sealed record PlanStep(OnnxNode Node, Operation Operation, int[] Inputs, int[] Outputs, int[] LastUses)
{
    /// <summary>Runs the operation.</summary>
    /// <exception cref="TrainingFailedException">libtorch refuses it, for example because memory ran out.</exception>
    public Tensor[] Run(Tensor?[] inputs)
    {
        try
        {
            return Operation(inputs);
        }
        catch (ExternalException error)
        {
            throw new TrainingFailedException($"Node '{Node.DisplayName}' ({Node.OpType}) failed in libtorch: {error.Message.Split('\n')[0]}", error);
        }
    }
}
