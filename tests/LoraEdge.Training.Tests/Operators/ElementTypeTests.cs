using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Operators;

/// <summary>
/// Element-wise operators on every element type: libtorch lacks many combinations, and what it says to them, or whether it
/// says anything, differs. Each must be computed in the type that ONNX asks for, or refused by name.
/// </summary>
public sealed class ElementTypeTests
{
    private static readonly int[] s_types =
    [
        OnnxDataType.Float, OnnxDataType.Double, OnnxDataType.Float16, OnnxDataType.BFloat16, OnnxDataType.Int64,
        OnnxDataType.Int32, OnnxDataType.Int16, OnnxDataType.Int8, OnnxDataType.UInt8, OnnxDataType.Bool,
    ];

    private static readonly string[] s_onOne =
    [
        "Neg", "Abs", "Sign", "Floor", "Ceil", "Round", "Sqrt", "Exp", "Log", "Reciprocal", "Erf", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh",
        "Clip", "Relu", "LeakyRelu", "ThresholdedRelu", "HardSigmoid", "HardSwish", "Shrink", "Sigmoid", "Tanh", "Softplus", "Softsign", "Mish", "Gelu", "Swish", "Elu", "Selu", "Celu",
        "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare",
        "Softmax", "LogSoftmax", "Hardmax", "Dropout", "Identity", "BitwiseNot", "MeanVarianceNormalization",
    ];

    private static readonly string[] s_onTwo =
        ["Add", "Sub", "Mul", "Div", "Mod", "Pow", "Min", "Max", "Sum", "Mean", "PRelu", "And", "Or", "Xor", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitShift"];

    [TestCaseSource(nameof(s_onOne))]
    public void AFunctionOfOneInput_KeepsItsElementType_OrRefusesItByName(string operation) => Check(operation, ["x"], sameType: true);

    [TestCaseSource(nameof(s_onTwo))]
    public void AFunctionOfTwoInputs_KeepsTheirElementType_OrRefusesItByName(string operation) => Check(operation, ["x", "y"], sameType: true);

    [TestCase("IsNaN", "x")]
    [TestCase("IsInf", "x")]
    [TestCase("Not", "x")]
    [TestCase("ArgMax", "x")]
    [TestCase("ArgMin", "x")]
    [TestCase("Equal", "x", "y")]
    [TestCase("Less", "x", "y")]
    [TestCase("LessOrEqual", "x", "y")]
    [TestCase("Greater", "x", "y")]
    [TestCase("GreaterOrEqual", "x", "y")]
    [TestCase("Where", "choice", "x", "y")]
    [TestCase("Clip", "x", "low", "high")]
    [TestCase("CumSum", "x", "axis")]
    [TestCase("NegativeLogLikelihoodLoss", "x", "labels")]
    [TestCase("SoftmaxCrossEntropyLoss", "x", "labels", "weights")]
    public void AFunctionOfMixedInputs_IsComputed_OrRefusedByName(string operation, params string[] inputs) => Check(operation, inputs, sameType: false);

    /// <summary>Converters to half precision leave these limits in the attributes; half precision cannot hold them.</summary>
    [TestCase(OnnxDataType.Float16)]
    [TestCase(OnnxDataType.BFloat16)]
    public void Clip_BetweenTheLimitsOfFloat32_LeavesSmallerTypesAsTheyAre(int type)
    {
        var graph = new GraphBuilder("clip", opset: 6).Input("x", (TensorElementType)type, 2, 3);
        graph.Node("Clip", ["x"], ["y"], [("min", float.MinValue), ("max", float.MaxValue)]);
        using var executor = new GraphExecutor(graph.Output("y", (TensorElementType)type, 2, 3).Build());
        using Tensor x = Input("x", type), y = executor.Run(new Dictionary<string, Tensor> { ["x"] = x }, "y").Single();

        Assert.That(y.Equals(x));
    }

    private static void Check(string operation, string[] inputs, bool sameType)
    {
        int computed = 0;
        foreach (int type in s_types)
        {
            try
            {
                using Tensor result = Run(operation, inputs, type);
                Assert.That(!sameType || result.dtype == ElementTypes.FromOnnx(type), $"{type} became {result.dtype}");
                computed++;
            }
            catch (ModelFormatException refusal)
            {
                Assert.That(refusal.Message, Does.Contain("'node'").And.Contain(operation));
            }
        }

        Assert.That(computed, Is.GreaterThan(0));
    }

    private static Tensor Run(string operation, string[] names, int type)
    {
        var graph = new GraphBuilder("types", opset: 24);
        Dictionary<string, Tensor> inputs = names.ToDictionary(name => name, name => Input(name, type));
        foreach ((string name, Tensor tensor) in inputs)
            graph.Input(name, (TensorElementType)OnnxTypeOf(tensor), [.. tensor.shape.Select(size => (Dimension)size)]);
        graph.Node(operation, names, ["z"], AttributesOf(operation, type), name: "node");
        using var executor = new GraphExecutor(graph.Output("z", (TensorElementType)type).Build());
        try
        {
            return executor.Run(inputs, "z").Single();
        }
        finally
        {
            inputs.Values.DisposeAll();
        }
    }

    private static Tensor Input(string name, int type) => name switch
    {
        "choice" => ones([2, 3], ScalarType.Bool),
        "labels" => ones([2], ScalarType.Int64),
        "axis" => zeros([], ScalarType.Int64),
        "weights" => ones([3], ElementTypes.FromOnnx(type)),
        "low" or "high" => ones([], ElementTypes.FromOnnx(type)),
        _ => ones([2, 3], ElementTypes.FromOnnx(type)),
    };

    private static (string, object)[] AttributesOf(string operation, int type) => operation switch
    {
        "BitShift" => [("direction", "LEFT")],
        "Mod" => [("fmod", type is OnnxDataType.Float or OnnxDataType.Float16)],
        "MeanVarianceNormalization" => [("axes", new[] { 1 })],
        _ => [],
    };

    private static int OnnxTypeOf(Tensor tensor) => s_types.First(type => ElementTypes.FromOnnx(type) == tensor.dtype);
}
