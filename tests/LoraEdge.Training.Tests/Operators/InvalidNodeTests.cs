using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Operators;

/// <summary>
/// Nodes that break their operator's rules for the shapes at hand. libtorch ends the process on some of them, so each must be
/// refused before it gets there.
/// </summary>
public sealed class InvalidNodeTests
{
    private static readonly HostTensor s_bools = HostTensor.From([true, false, true, true], 2, 2);
    private static readonly HostTensor s_integers = HostTensor.From([1L, 2L, 3L, 4L], 2, 2);

    internal static OperatorCase[] Invalid { get; } =
    [
        new OperatorCase("MatMul").Feed(2, 3).Feed(4, 5),
        new OperatorCase("MatMul").Feed(2, 3, 4).Feed(3, 4, 5),
        new OperatorCase("MatMul").Feed().Feed(4, 5),
        new OperatorCase("MatMul").Feed(2, 2).Feed(s_integers),
        new OperatorCase("MatMul").Feed(s_bools).Feed(s_bools),
        new OperatorCase("MatMul").Feed(2, 2),
        new OperatorCase("MatMul").Feed(65536, 1).Feed(1, 65536),
        new OperatorCase("MatMul").Feed(400, 1, 64, 64).Feed(1, 200, 64, 1),
        new OperatorCase("Gemm").Feed(65536, 1).Feed(1, 65536),
        new OperatorCase("Gemm").Feed(2, 3).Feed(4, 5),
        new OperatorCase("Gemm").Feed(2, 3).Feed(3, 5).Feed(2),
        new OperatorCase("Gemm").Feed(2, 3, 4).Feed(4, 5),
        new OperatorCase("Gemm").Feed(s_integers).Feed(s_integers),
        new OperatorCase("Add").Feed(2, 3).Feed(2),
        new OperatorCase("Add").Feed(2, 2).Feed(s_integers),
        new OperatorCase("Add").Feed(2, 2),
        new OperatorCase("Add").Feed(s_bools).Feed(s_bools),
        new OperatorCase("Add").Feed(65536, 1).Feed(1, 65536),
        new OperatorCase("Sum").Feed(65536, 1).Feed(1, 65536),
        new OperatorCase("Sum").Feed(2, 3).Feed(2, 3).Feed(2),
        new OperatorCase("Max").Feed(2, 2).Feed(2).Feed(s_integers),
        new OperatorCase("Max").Feed(s_bools).Feed(s_bools),
        new OperatorCase("Max").Feed(2, 2).Omit().Feed(2, 2),
        new OperatorCase("Mean"),
        new OperatorCase("Mean").Feed(s_integers).Feed(s_integers),
        new OperatorCase("Div").Feed(s_integers).Constant(HostTensor.From([1L, 0L], 2)),
        new OperatorCase("Div").Feed(s_bools).Feed(s_bools),
        new OperatorCase("Mod").Feed(s_integers).Constant(HostTensor.From([0L])),
        new OperatorCase("Mod").Feed(2, 2).Feed(2, 2),
        new OperatorCase("Mod").Feed(2, 2).Feed(2, 2).With("fmod", 0),
        new OperatorCase("Pow").Feed(2, 2).Feed(s_bools),
        new OperatorCase("Pow").Feed(2, 3).Feed(2),
        new OperatorCase("Neg").Feed(s_bools),
        new OperatorCase("Floor").Feed(s_integers),
        new OperatorCase("IsNaN").Feed(s_integers),
        new OperatorCase("Clip", Opset: 6).Feed(s_integers),
        new OperatorCase("Clip", Opset: 6).Feed(2, 2).With("min", 1f).With("max", -1f),
        new OperatorCase("Clip").Feed(2, 2).Feed(2),
        new OperatorCase("Clip").Feed(2, 2).Feed(1, 1),
        new OperatorCase("Clip").Feed(2, 2).Omit().Constant(HostTensor.From([1L])),
        new OperatorCase("Equal").Feed(2, 2).Feed(s_integers),
        new OperatorCase("Less").Feed(s_bools).Feed(s_bools),
        new OperatorCase("Greater").Feed(2, 3).Feed(2),
        new OperatorCase("And").Feed(s_integers).Feed(s_integers),
        new OperatorCase("And").Feed(s_bools).Feed(HostTensor.From([true, false, true], 3)),
        new OperatorCase("Not").Feed(2),
        new OperatorCase("Where").Feed(s_integers).Feed(2, 2).Feed(2, 2),
        new OperatorCase("Where").Feed(s_bools).Feed(2, 2).Feed(s_integers),
        new OperatorCase("Where").Feed(s_bools).Feed(3).Feed(2, 2),
        new OperatorCase("Where").Feed(HostTensor.From([true, false, true], 3)).Feed(2, 2).Feed(2, 2),
        new OperatorCase("BitwiseAnd", Opset: 18).Feed(2, 2).Feed(2, 2),
        new OperatorCase("BitwiseNot", Opset: 18).Feed(s_bools),
        new OperatorCase("BitShift").Feed(s_integers).Feed(s_integers).With("direction", "LEFT"),
        new OperatorCase("PRelu").Feed(3).Feed(2, 3),
        new OperatorCase("PRelu").Feed(2, 3).Feed(2),
        new OperatorCase("PRelu").Feed(2, 2).Feed(s_integers),
        new OperatorCase("Celu").Feed(2, 3).With("alpha", 0f),
        new OperatorCase("Gelu", Opset: 20).Feed(s_integers),
        new OperatorCase("ArgMax").Feed(2, 0).With("axis", 1),
        new OperatorCase("ArgMax").Feed(),
        new OperatorCase("ArgMin").Feed(2, 3).With("axis", 2),
        new OperatorCase("CumSum").Feed(2, 3).Integers(2),
        new OperatorCase("CumSum").Feed(2, 3).Integers(0, 1),
        new OperatorCase("CumSum").Feed(2, 3).Feed(1),
        new OperatorCase("CumSum").Feed(s_bools).Integers(0),
        new OperatorCase("MeanVarianceNormalization").Feed(2, 3),
        new OperatorCase("MeanVarianceNormalization").Feed(2, 3).With("axes", new[] { 1, -1 }),
        new OperatorCase("CastLike").Feed(2, 3),
        new OperatorCase("Dropout").Feed(2, 3).Omit().Constant(HostTensor.From([true])),
        new OperatorCase("Dropout").Feed(2, 3).Constant(HostTensor.From([0.5f])).Constant(HostTensor.From([true])),
        new OperatorCase("Dropout").Feed(2, 3).Omit().Constant(HostTensor.From([1L])),
        new OperatorCase("Dropout").Feed(2, 3).Omit().Constant(HostTensor.From([true, false], 2)),
        new OperatorCase("Dropout").Feed(s_integers),
        new OperatorCase("SoftmaxCrossEntropyLoss").Feed(3).Feed(HostTensor.From([1L], 1)),
        new OperatorCase("SoftmaxCrossEntropyLoss").Feed(2, 3).Feed(HostTensor.From([1L, 2L, 0L], 3)),
        new OperatorCase("SoftmaxCrossEntropyLoss").Feed(2, 3).Feed(2),
        new OperatorCase("SoftmaxCrossEntropyLoss").Feed(2, 3).Feed(HostTensor.From([1L, 2L], 2)).Feed(2),
        new OperatorCase("SoftmaxCrossEntropyLoss").Feed(2, 3).Feed(HostTensor.From([1L, 2L], 2)).Feed(HostTensor.From([1L, 2L, 3L], 3)),
        new OperatorCase("NegativeLogLikelihoodLoss").Feed(2, 3, 4).Feed(HostTensor.From([1L, 2L], 2)),
        new OperatorCase("Relu").Feed(s_bools),
        new OperatorCase("Relu"),
        new OperatorCase("Relu").Omit(),
        new OperatorCase("Relu").Feed(2).Outputs(2),
        new OperatorCase("Sqrt").Feed(s_integers),
        new OperatorCase("Softmax").Feed(2, 3).With("axis", 2),
        new OperatorCase("Softmax").Feed(s_integers),
        new OperatorCase("ReduceMean").Feed(2, 3).With("axes", new[] { 0, 0 }),
        new OperatorCase("ReduceMean").Feed(s_bools),
        new OperatorCase("ReduceMax", Opset: 18).Feed(s_bools),
        new OperatorCase("ReduceMean", Opset: 18).Feed(HostTensor.From(Array.Empty<int>(), 2, 0)).Integers(1),
        new OperatorCase("ReduceSum", Opset: 18).Feed(2, 3).Integers(2),
        new OperatorCase("ReduceSum", Opset: 18).Feed(2, 3).Integers(1, -1),
        new OperatorCase("ReduceSum", Opset: 18).Feed(2, 3).Feed(1),
        new OperatorCase("LayerNormalization").Feed(2, 3).Feed(2),
        new OperatorCase("LayerNormalization").Feed(2, 3).Feed(3).Feed(2),
        new OperatorCase("Reshape").Feed(2, 3).Integers(4, 2),
        new OperatorCase("Reshape").Feed(2, 3).Integers(-1, -1),
        new OperatorCase("Reshape").Feed(2, 3).Integers(-1, 4),
        new OperatorCase("Reshape").Feed(2, 3).Integers(2, 3, 0),
        new OperatorCase("Transpose").Feed(2, 3).With("perm", new[] { 0, 0 }),
        new OperatorCase("Flatten").Feed(2, 3).With("axis", 3),
        new OperatorCase("Squeeze").Feed(2, 3).Integers(0),
        new OperatorCase("Unsqueeze").Feed(2, 3).Integers(0, 0),
        new OperatorCase("Expand").Feed(3).Integers(2),
        new OperatorCase("Expand").Feed(1).Integers(-1),
        new OperatorCase("Concat").Feed(2, 3).Feed(3, 2).With("axis", 0),
        new OperatorCase("Concat").Feed(2, 2).Feed(s_integers).With("axis", 0),
        new OperatorCase("Split").Feed(4).Integers(1, 2).Outputs(2),
        new OperatorCase("Split").Feed(5).Outputs(2),
        new OperatorCase("Gather").Feed(2, 3).Constant(HostTensor.From([2L])),
        new OperatorCase("Gather").Feed(2, 3).Feed(2),
        new OperatorCase("Gather").Feed().Constant(HostTensor.From([0L])),
        new OperatorCase("Slice").Feed(4).Integers(0).Integers(2).Integers(0).Integers(0),
        new OperatorCase("Slice").Feed(4).Integers(0, 1).Integers(2, 3).Integers(0, 0),
        new OperatorCase("Slice").Feed(4).Integers(0).Integers(2).Integers(1),
        new OperatorCase("Slice").Feed(4).Integers(0),
        .. InvalidRecurrentNodes.All(), .. InvalidQuantizedNodes.All(), .. InvalidComputedNodes.All(),
        new OperatorCase("Reshape").Feed(0).Integers(1L << 40, 1L << 40, 0),
        new OperatorCase("Unsqueeze").Feed(2).Integers([.. Enumerable.Range(0, 70)]),
        new OperatorCase("Expand").Feed(1).Integers(1L << 40),
        new OperatorCase("Expand").Feed(1).Integers(1L << 32, 1L << 32),
        new OperatorCase("Tile").Feed(2).Integers(1, 1),
        new OperatorCase("Tile").Feed(2).Integers(-1),
        new OperatorCase("Tile").Feed(2).Integers(1L << 40),
        new OperatorCase("Tile").Feed(0).Integers(long.MaxValue),
        new OperatorCase("Concat").Feed(2),
        new OperatorCase("Split").Feed(4).Integers(long.MaxValue, long.MaxValue).Outputs(2),
        new OperatorCase("Split", Opset: 18).Feed(4).Outputs(2).With("num_outputs", 3),
        new OperatorCase("GatherElements").Feed(2, 3).Feed(HostTensor.From([0L, 1L], 2)),
        new OperatorCase("GatherElements").Feed(1, 3).Feed(s_integers).With("axis", 1),
        new OperatorCase("GatherElements").Feed(2, 3).Constant(s_integers).With("axis", 0),
        new OperatorCase("GatherElements").Feed(2, 2).Feed(2, 2),
        new OperatorCase("GatherND").Feed(2, 3).Constant(s_integers),
        new OperatorCase("GatherND").Feed(2).Feed(s_integers),
        new OperatorCase("GatherND").Feed(2, 2).Feed(s_integers).With("batch_dims", 2),
        new OperatorCase("GatherND").Feed(3, 2).Feed(s_integers).With("batch_dims", 1),
        new OperatorCase("GatherND").Feed().Feed(s_integers),
        new OperatorCase("ScatterElements").Feed(2, 2).Feed(s_integers).Feed(2, 3),
        new OperatorCase("ScatterElements").Feed(1, 2).Feed(s_integers).Feed(2, 2).With("axis", 1),
        new OperatorCase("ScatterElements").Feed(2, 2).Constant(s_integers).Feed(2, 2),
        new OperatorCase("ScatterElements").Feed(2, 2).Feed(s_integers).Feed(s_integers),
        new OperatorCase("ScatterND").Feed(5, 5).Feed(s_integers).Feed(3),
        new OperatorCase("ScatterND").Feed(2, 2).Constant(s_integers).Feed(2),
        new OperatorCase("ScatterND").Feed(2).Feed(s_integers).Feed(2),
        new OperatorCase("TopK").Feed(3).Integers(4).Outputs(2),
        new OperatorCase("TopK").Feed(3).Integers(-1).Outputs(2),
        new OperatorCase("TopK").Feed(3).Integers(1, 1).Outputs(2),
        new OperatorCase("TopK", Opset: 9).Feed(3).Outputs(2),
        new OperatorCase("TopK").Feed(s_bools).Integers(1).Outputs(2),
        new OperatorCase("TopK").Feed().Integers(1).Outputs(2),
        new OperatorCase("Compress").Feed(2, 2).Feed(s_bools),
        new OperatorCase("Compress").Feed(2, 2).Feed(2),
        new OperatorCase("Unique").Feed(2, 0).With("axis", 0),
        new OperatorCase("ReverseSequence").Feed(4).Integers(1),
        new OperatorCase("ReverseSequence").Feed(2, 3).Integers(1, 1),
        new OperatorCase("ReverseSequence").Feed(2, 1).Integers(3),
        new OperatorCase("ReverseSequence").Feed(2, 3).Integers(1, 1, 1).With("time_axis", 1),
        new OperatorCase("Trilu").Feed(3),
        new OperatorCase("Trilu").Feed(3, 3).Integers(1, 2),
        new OperatorCase("EyeLike").Feed(3),
        new OperatorCase("ConstantOfShape").Integers(-1),
        new OperatorCase("ConstantOfShape").Integers(1L << 20, 1L << 20),
        new OperatorCase("ConstantOfShape").Integers(2).With("value", GraphBuilder.Tensor("", [1f, 2f], 2)),
        new OperatorCase("Range").Constant(HostTensor.From([0L])).Constant(HostTensor.From([5L])).Constant(HostTensor.From([0L])),
        new OperatorCase("Range").Feed(HostTensor.From([0L])).Feed(HostTensor.From([5f])).Feed(HostTensor.From([1L])),
        new OperatorCase("Range").Feed(2).Feed(2).Feed(2),
        new OperatorCase("OneHot").Feed(s_integers).Integers(0).Feed(2),
        new OperatorCase("OneHot").Feed(s_integers).Integers(1L << 40).Feed(2),
        new OperatorCase("OneHot").Feed(s_integers).Integers(3).Feed(3),
        new OperatorCase("OneHot").Feed(s_integers).Integers(3).Feed(2).With("axis", 3),
        .. InvalidImageNodes.All(),
    ];

    [TestCaseSource(nameof(Invalid))]
    public void Executor_RefusesANodeThatBreaksItsRules_ByName(object node)
    {
        ModelFormatException error = Assert.Throws<ModelFormatException>(() => ((OperatorCase)node).Execute())!;

        Assert.That(error.Message, Does.Contain("'node'"));
    }

    [TestCaseSource(nameof(InvalidValues))]
    public void Executor_RefusesFedValuesThatBreakANodesRules_AsWrongInputs(object node)
    {
        InvalidInputException error = Assert.Throws<InvalidInputException>(() => ((OperatorCase)node).Execute())!;

        Assert.That(error.Message, Does.Contain("'node'"));
    }

    /// <summary>Nodes whose rules the content of a fed input breaks.</summary>
    internal static OperatorCase[] InvalidValues =>
    [
        new OperatorCase("Reshape").Feed(2).Feed(HostTensor.From([3L], 1)),
        new OperatorCase("Range").Feed(HostTensor.From([0f])).Feed(HostTensor.From([5f])).Feed(HostTensor.From([0f])),
        new OperatorCase("Range").Feed(HostTensor.From([0L])).Feed(HostTensor.From([1L << 40])).Feed(HostTensor.From([1L])),
        new OperatorCase("Expand").Feed(1).Feed(HostTensor.From([1L << 27], 1)),
        new OperatorCase("Tile").Feed(1, 1).Feed(HostTensor.From([1L << 14, 1L << 14], 2)),
    ];

    /// <summary>Look-ups of a fed index in an axis of 3.</summary>
    internal static OperatorCase[] Lookups(long index) =>
    [
        new OperatorCase("Gather").Feed(3, 2).Feed(HostTensor.From([0L, index], 2)),
        new OperatorCase("GatherElements").Feed(3, 2).Feed(HostTensor.From([0L, index], 1, 2)),
        new OperatorCase("GatherND").Feed(2, 3).Feed(HostTensor.From([0L, index], 1, 2)),
        new OperatorCase("ScatterElements").Feed(3, 2).Feed(HostTensor.From([0L, index], 1, 2)).Feed(1, 2),
        new OperatorCase("ScatterND", Opset: 18).Feed(3, 2).Feed(HostTensor.From([0L, index], 2, 1)).Feed(2, 2).With("reduction", "max"),
    ];

    [TestCase(3L)]
    [TestCase(-4L)]
    public void ALookUp_WithAnIndexOutsideItsAxis_IsAnInputError(long index)
    {
        foreach (OperatorCase node in Lookups(index))
        {
            InvalidInputException error = Assert.Throws<InvalidInputException>(() => node.Execute(), node.ToString())!;
            Assert.That(error.Message, Does.Contain($"index {index}").And.Contain("axis of 3"));
        }
    }

    [TestCase(3L)]
    [TestCase(-1L)]
    public void ReverseSequence_WithALengthOutsideItsAxis_IsAnInputError(long length)
    {
        OperatorCase reversal = new OperatorCase("ReverseSequence").Feed(2, 1).Feed(HostTensor.From([length], 1));

        Assert.That(() => reversal.Execute(), Throws.TypeOf<InvalidInputException>().With.Message.Contains($"length {length}"));
    }

    [TestCase("Div", 0)]
    [TestCase("Mod", 0)]
    [TestCase("Mod", 1)]
    public void DivisionOfIntegers_ByZeroAtRunTime_IsAnInputError(string operation, int fmod)
    {
        OperatorCase division = new OperatorCase(operation).Feed(s_integers).Feed(HostTensor.From([3L, 0L], 2)).With("fmod", fmod);

        InvalidInputException error = Assert.Throws<InvalidInputException>(() => division.Execute())!;

        Assert.That(error.Message, Does.Contain("'node'").And.Contain("by zero"));
    }

    /// <summary>The processor signals this overflow as it does a division by zero.</summary>
    [Test]
    public void DivisionOfTheLowestInteger_ByMinusOne_IsAnInputError([Values("Div", "Mod")] string operation, [Values] bool wide, [Values] bool constant)
    {
        HostTensor lowest = wide ? HostTensor.From([1L, long.MinValue], 2) : HostTensor.From([1, int.MinValue], 2), turn = wide ? HostTensor.From([-1L]) : HostTensor.From([-1]);
        OperatorCase division = new OperatorCase(operation).Feed(lowest);
        division = constant ? division.Constant(turn) : division.Feed(turn);

        InvalidInputException error = Assert.Throws<InvalidInputException>(() => division.Execute())!;

        Assert.That(error.Message, Does.Contain("'node'").And.Contain("by -1"));
    }

    [TestCase(5L)]
    [TestCase(-1L)]
    public void ALossOfALabelThatIsNoClass_IsAnInputError(long label)
    {
        foreach (string operation in new[] { "SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss" })
        {
            OperatorCase loss = new OperatorCase(operation).Feed(2, 5).Feed(HostTensor.From([label, 0L], 2)).With("ignore_index", 7);

            InvalidInputException error = Assert.Throws<InvalidInputException>(() => loss.Execute())!;

            Assert.That(error.Message, Does.Contain("'node'").And.Contain($"label {label} for 5 classes"));
        }
    }

    [Test]
    public void Dropout_ThatIsToldToTrainAtRunTime_IsAnInputError()
    {
        OperatorCase dropout = new OperatorCase("Dropout").Feed(2, 3).Feed(HostTensor.From([0.5f])).Feed(HostTensor.From([true]));

        InvalidInputException error = Assert.Throws<InvalidInputException>(() => dropout.Execute())!;

        Assert.That(error.Message, Does.Contain("'node'").And.Contain("training_mode"));
    }

    [TestCase("BitShift", "direction", "UP")]
    [TestCase("Gelu", "approximate", "sigmoid")]
    [TestCase("SoftmaxCrossEntropyLoss", "reduction", "max")]
    [TestCase("Cast", "to", 4294967297L)]
    public void AnAttributeWithAnUnknownValue_IsListedAmongWhatIsNotSupported(string operation, string attribute, object value)
    {
        OperatorCase node = new OperatorCase(operation, Opset: 20).Feed(2, 3).With(attribute, value);

        UnsupportedModelException error = Assert.Throws<UnsupportedModelException>(() => node.Execute())!;

        Assert.That(error.Nodes.Single().Name, Is.EqualTo("node"));
    }

    [TestCase(-1)]
    [TestCase(3)]
    public void RecurrentLayers_WithALengthOutsideTheSequence_AreAnInputError(int length)
    {
        OperatorCase layer = new OperatorCase("RNN").Feed(2, 2, 4).Feed(1, 3, 4).Feed(1, 3, 3).Omit().Feed(HostTensor.From([2, length], 2));

        InvalidInputException error = Assert.Throws<InvalidInputException>(() => layer.Execute())!;

        Assert.That(error.Message, Does.Contain("'node'").And.Contain($"length of {length}"));
    }

    [Test]
    public void LibtorchsOwnErrors_NameTheNode()
    {
        OnnxNode node = new OperatorCase("Relu").Feed(2).Model().Graph.Nodes.Single();
        var step = new PlanStep(node, inputs => [inputs[0]!.reshape(7)], [0], [1], []);
        using Tensor x = zeros(2);

        TrainingFailedException error = Assert.Throws<TrainingFailedException>(() => step.Run([x]))!;

        Assert.That(error.Message, Does.Contain("'node'"));
    }
}
