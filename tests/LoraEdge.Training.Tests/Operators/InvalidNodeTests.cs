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
        .. InvalidImageNodes.All(),
    ];

    [TestCaseSource(nameof(Invalid))]
    public void Executor_RefusesANodeThatBreaksItsRules_ByName(object node)
    {
        ModelFormatException error = Assert.Throws<ModelFormatException>(() => ((OperatorCase)node).Execute())!;

        Assert.That(error.Message, Does.Contain("'node'"));
    }

    [TestCase(3L)]
    [TestCase(-4L)]
    public void Gather_WithAnIndexOutsideItsAxis_IsAnInputError(long index)
    {
        OperatorCase gather = new OperatorCase("Gather").Feed(3, 2).Feed(HostTensor.From([0L, index], 2));

        InvalidInputException error = Assert.Throws<InvalidInputException>(() => gather.Execute())!;

        Assert.That(error.Message, Does.Contain($"index {index}").And.Contain("axis of 3"));
    }

    [Test]
    public void LibtorchsOwnErrors_NameTheNode()
    {
        OperatorCase division = new OperatorCase("Div").Feed(HostTensor.From([1L], 1)).Feed(HostTensor.From([0L], 1));

        TrainingFailedException error = Assert.Throws<TrainingFailedException>(() => division.Execute())!;

        Assert.That(error.Message, Does.Contain("'node'"));
    }
}
