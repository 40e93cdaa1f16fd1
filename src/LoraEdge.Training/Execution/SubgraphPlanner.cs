using LoraEdge.Onnx;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>Makes the plan of a graph that a node holds, for all of its outputs.</summary>
/// <param name="graph">The graph; supported.</param>
/// <param name="facts">What is known of the values of enclosing graphs that it reads.</param>
/// <param name="values">Their present content, borrowed.</param>
internal delegate GraphPlan SubgraphPlanner(OnnxGraph graph, IReadOnlyDictionary<string, ValueFacts> facts, IReadOnlyDictionary<string, Tensor> values);
