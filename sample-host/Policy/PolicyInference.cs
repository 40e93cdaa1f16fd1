using LoraEdge;

namespace Rival.Policy;

/// <summary>
/// Runs the policy network with some player's adapter or with none: <c>Profile.Infer</c> and <c>MergedSession.Run</c> are
/// such methods, so that whatever serves can be scored and can choose moves.
/// </summary>
/// <param name="inputs">The network's inputs by name.</param>
/// <param name="output">Name of the output.</param>
/// <param name="destination">Where its elements go, row-major.</param>
/// <returns>Number of elements written.</returns>
public delegate int PolicyInference(IReadOnlyDictionary<string, HostTensor> inputs, string output, Span<float> destination);
