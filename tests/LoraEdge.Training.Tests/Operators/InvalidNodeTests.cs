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
        new OperatorCase("Gemm").Feed(2, 3).Feed(4, 5),
        new OperatorCase("Gemm").Feed(2, 3).Feed(3, 5).Feed(2),
        new OperatorCase("Gemm").Feed(2, 3, 4).Feed(4, 5),
        new OperatorCase("Gemm").Feed(s_integers).Feed(s_integers),
        new OperatorCase("Add").Feed(2, 3).Feed(2),
        new OperatorCase("Add").Feed(2, 2).Feed(s_integers),
        new OperatorCase("Add").Feed(2, 2),
        new OperatorCase("Relu"),
        new OperatorCase("Relu").Omit(),
        new OperatorCase("Relu").Feed(2).Outputs(2),
        new OperatorCase("Sqrt").Feed(s_integers),
        new OperatorCase("Softmax").Feed(2, 3).With("axis", 2),
        new OperatorCase("Softmax").Feed(s_integers),
        new OperatorCase("ReduceMean").Feed(2, 3).With("axes", new[] { 0, 0 }),
        new OperatorCase("ReduceMean").Feed(s_integers),
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
        new OperatorCase("Reshape").Feed(0).Integers(1L << 40, 1L << 40, 0),
        new OperatorCase("Reshape").Feed(2).Feed(HostTensor.From([3L], 1)),
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
        new OperatorCase("Range").Feed(HostTensor.From([0f])).Feed(HostTensor.From([5f])).Feed(HostTensor.From([0f])),
        new OperatorCase("Range").Feed(HostTensor.From([0L])).Feed(HostTensor.From([1L << 40])).Feed(HostTensor.From([1L])),
        new OperatorCase("Range").Feed(HostTensor.From([0L])).Feed(HostTensor.From([5f])).Feed(HostTensor.From([1L])),
        new OperatorCase("Range").Feed(2).Feed(2).Feed(2),
        new OperatorCase("OneHot").Feed(s_integers).Integers(0).Feed(2),
        new OperatorCase("OneHot").Feed(s_integers).Integers(1L << 40).Feed(2),
        new OperatorCase("OneHot").Feed(s_integers).Integers(3).Feed(3),
        new OperatorCase("OneHot").Feed(s_integers).Integers(3).Feed(2).With("axis", 3),
    ];

    [TestCaseSource(nameof(Invalid))]
    public void Executor_RefusesANodeThatBreaksItsRules_ByName(object node)
    {
        ModelFormatException error = Assert.Throws<ModelFormatException>(() => ((OperatorCase)node).Execute())!;

        Assert.That(error.Message, Does.Contain("'node'"));
    }

    private static OperatorCase[] Lookups(long index) =>
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

    [Test]
    public void LibtorchsOwnErrors_NameTheNode()
    {
        OperatorCase division = new OperatorCase("Div").Feed(HostTensor.From([1L], 1)).Feed(HostTensor.From([0L], 1));

        TrainingFailedException error = Assert.Throws<TrainingFailedException>(() => division.Execute())!;

        Assert.That(error.Message, Does.Contain("'node'"));
    }
}
