using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// Runs one node. Inputs are borrowed and null where the node omits an optional one; every output is a new handle that the
/// caller owns, even when it shares its input's storage.
/// </summary>
internal delegate Tensor[] Operation(Tensor?[] inputs);
