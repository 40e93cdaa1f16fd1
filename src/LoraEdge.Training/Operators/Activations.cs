using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;

namespace LoraEdge.Training.Operators;

/// <summary>Element-wise non-linearities.</summary>
internal static class Activations
{
    public static void Register(OperatorTable table)
    {
        table.Add("Relu", since: 6, Simply(x => x.relu()));
        table.Add("Sigmoid", since: 6, OnFloats(x => x.sigmoid()));
        table.Add("Tanh", since: 6, OnFloats(x => x.tanh()));
    }
}
