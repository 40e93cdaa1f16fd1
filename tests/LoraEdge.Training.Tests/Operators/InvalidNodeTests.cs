using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Operators;

/// <summary>
/// Nodes that break their operator's rules for the shapes at hand. libtorch ends the process on some of them, so each must be
/// refused before it gets there.
/// </summary>
public sealed class InvalidNodeTests
{
    private static readonly HostTensor s_integers = HostTensor.From([1L, 2L, 3L, 4L], 2, 2);

    internal static OperatorCase[] Invalid { get; } =
    [
        .. InvalidElementNodes.All(), .. InvalidPartNodes.All(), .. InvalidRecurrentNodes.All(), .. InvalidQuantizedNodes.All(), .. InvalidComputedNodes.All(), .. InvalidImageNodes.All(),
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
