using LoraEdge;
using LoraEdge.Onnx;
using Rival.Policy;

namespace Rival.BaseModel;

/// <summary>
/// Builds the policy network as an ONNX graph: every square gets a vector of <see cref="Width"/>; blocks mix all squares
/// through a narrow layer and then work on each square alone; the score of a move is the product of what its two squares
/// say, plus what the plan says for moving from the one and to the other. Made of MatMul throughout, so that every layer of
/// it can be adapted, and factored at the head, so that an adapter needs no number per move.
/// </summary>
/// <remarks>
/// The plan is there for adapters. A rank-1 change moves a layer's outputs along one direction; in a wide layer of units
/// that are each awake in few positions that is a table: a number per unit, of how much this person likes what the unit
/// proposes where it is awake.
/// </remarks>
public sealed class PolicyNetwork
{
    /// <summary>Numbers per square.</summary>
    public const int Width = 32;

    private const int Squares = 64;
    private const int Hidden = 144;
    private const int SquareHidden = 64;
    private const int Blocks = 3;
    private const int HeadWidth = 32;
    private const int PlanSummary = 32;
    private const int PlanUnits = 704;

    private readonly GraphBuilder _graph = new("rival-base", opset: 17);
    private readonly Random _random;

    private PolicyNetwork(int seed) => _random = new Random(seed);

    /// <summary>The network with random weights.</summary>
    /// <param name="seed">Seed of the weights.</param>
    public static OnnxModel Create(int seed) => new PolicyNetwork(seed).Build();

    private OnnxModel Build()
    {
        _graph.Input(PolicyRecord.Input, TensorElementType.UInt8, "batch", Squares, BoardPlanes.Count);
        _graph.Initializer("as_row", [-1L, Squares * Width], 2);
        _graph.Initializer("as_squares", [-1L, Squares, Width], 3);
        _graph.Initializer("as_from", [-1L, Squares, 1], 3);
        _graph.Initializer("as_to", [-1L, 1, Squares], 3);
        _graph.Initializer("as_moves", [-1L, MoveClass.Count], 2);
        string row = Embed();
        for (int block = 0; block < Blocks; block++)
            row = EachSquare(AcrossSquares(row, $"block{block}.board"), $"block{block}.square");
        string plan = Plan(row);
        _graph.Node("Reshape", [Node("Add", PairsOfSquares(Node("Reshape", row, "as_squares")), plan), "as_moves"], [PolicyRecord.Output]);
        return _graph.Output(PolicyRecord.Output, TensorElementType.Float32, "batch", MoveClass.Count).Build();
    }

    private string Embed()
    {
        string planes = _graph.Node("Cast", [PolicyRecord.Input], attributes: [("to", OnnxDataType.Float)]);
        Random("embed.weight", 1.5 / Math.Sqrt(BoardPlanes.Count), BoardPlanes.Count, Width);
        Constant("embed.bias", 0, Squares, Width);
        string squares = Node("Relu", Node("Add", Node("MatMul", planes, "embed.weight"), "embed.bias"));
        return Node("Reshape", squares, "as_row");
    }

    /// <summary>Residual block over the whole board, (N, 64 * width).</summary>
    private string AcrossSquares(string row, string name) => Node("Add", row, Perceptron(row, name, Squares * Width, Hidden));

    /// <summary>Residual block over every square alone, the same for all of them.</summary>
    private string EachSquare(string row, string name)
    {
        string squares = Node("Reshape", row, "as_squares");
        string sum = Node("Add", squares, Perceptron(squares, name, Width, SquareHidden));
        return Node("Reshape", sum, "as_row");
    }

    private string Perceptron(string x, string name, int width, int hidden)
    {
        string normal = Normal(x, $"{name}.norm", width);
        string inner = Node("Relu", Dense(normal, $"{name}.in", 1.4, width, hidden, 0));
        return Dense(inner, $"{name}.out", 0.5, hidden, width, 0);
    }

    private string Normal(string x, string name, int width)
    {
        Constant($"{name}.scale", 1, width);
        Constant($"{name}.bias", 0, width);
        return Node("LayerNormalization", x, $"{name}.scale", $"{name}.bias");
    }

    private string Dense(string x, string name, double gain, int width, int outputs, float bias)
    {
        Constant($"{name}.bias", bias, outputs);
        return Node("Add", Linear(x, name, gain, width, outputs), $"{name}.bias");
    }

    private string Linear(string x, string name, double gain, int width, int outputs)
    {
        Random($"{name}.weight", gain / Math.Sqrt(width), width, outputs);
        return Node("MatMul", x, $"{name}.weight");
    }

    /// <summary>What two squares say to each other, (N, 64, 64).</summary>
    private string PairsOfSquares(string squares)
    {
        string from = Side(squares, "head.from"), to = Side(squares, "head.to");
        return Node("MatMul", from, _graph.Node("Transpose", [to], attributes: [("perm", new long[] { 0, 2, 1 })]));
    }

    /// <summary>A score for every square to move from and to, by the position as a whole, (N, 64, 64).</summary>
    private string Plan(string row)
    {
        string summary = Normal(Linear(Normal(row, "plan.norm", Squares * Width), "plan.summary", 1, Squares * Width, PlanSummary), "plan.summary.norm", PlanSummary);
        string units = Node("Relu", Dense(summary, "plan.units", 1.4, PlanSummary, PlanUnits, -1));
        string from = Node("Reshape", Linear(units, "plan.from", 0.5, PlanUnits, Squares), "as_from");
        string to = Node("Reshape", Linear(units, "plan.to", 0.5, PlanUnits, Squares), "as_to");
        return Node("Add", from, to);
    }

    private string Side(string squares, string name)
    {
        // The product of two such vectors has variance 1 / sqrt(HeadWidth): a calm start for the softmax over moves.
        Random($"{name}.weight", Math.Pow(HeadWidth, -0.25) / Math.Sqrt(Width), Width, HeadWidth);
        Constant($"{name}.bias", 0, Squares, HeadWidth);
        return Node("Add", Node("MatMul", squares, $"{name}.weight"), $"{name}.bias");
    }

    private string Node(string operation, params string[] inputs) => _graph.Node(operation, inputs);

    private void Constant(string name, float value, params long[] shape) =>
        _graph.Initializer(name, [.. Enumerable.Repeat(value, (int)Count(shape))], shape);

    private void Random(string name, double deviation, params long[] shape) =>
        _graph.Initializer(name, [.. Enumerable.Range(0, (int)Count(shape)).Select(_ => (float)(deviation * Gaussian()))], shape);

    /// <summary>Box and Muller.</summary>
    private double Gaussian() =>
        Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private static long Count(long[] shape) => shape.Aggregate(1L, (product, size) => product * size);
}
