using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;

namespace LoraEdge.Training.Operators;

/// <summary>Mathematical functions of each element.</summary>
internal static class ElementaryFunctions
{
    public static void Register(OperatorTable table)
    {
        table.Add("Neg", since: 6, OnNumbers(x => x.neg()));
        table.Add("Abs", since: 6, OnNumbers(x => x.abs()));
        table.Add("Sign", since: 9, OnNumbers(x => x.sign()));
        table.Add("Floor", since: 6, OnFloats(x => x.floor()));
        table.Add("Ceil", since: 6, OnFloats(x => x.ceil()));
        // Halves go to the even neighbour, in ONNX and in libtorch.
        table.Add("Round", since: 11, OnFloats(x => x.round()));
        table.Add("Sqrt", since: 6, OnFloats(x => x.sqrt()));
        table.Add("Exp", since: 6, OnFloats(x => x.exp()));
        table.Add("Log", since: 6, OnFloats(x => x.log()));
        table.Add("Reciprocal", since: 6, OnFloats(x => x.reciprocal()));
        table.Add("Erf", since: 9, OnFloats(x => x.erf()));
        table.Add("Sin", since: 7, OnFloats(x => x.sin()));
        table.Add("Cos", since: 7, OnFloats(x => x.cos()));
        table.Add("Tan", since: 7, OnFloats(x => x.tan()));
        table.Add("Asin", since: 7, OnFloats(x => x.asin()));
        table.Add("Acos", since: 7, OnFloats(x => x.acos()));
        table.Add("Atan", since: 7, OnFloats(x => x.atan()));
        table.Add("Sinh", since: 9, OnFloats(x => x.sinh()));
        table.Add("Cosh", since: 9, OnFloats(x => x.cosh()));
        table.Add("Asinh", since: 9, OnFloats(x => x.asinh()));
        table.Add("Acosh", since: 9, OnFloats(x => x.acosh()));
        table.Add("Atanh", since: 9, OnFloats(x => x.atanh()));
    }
}
