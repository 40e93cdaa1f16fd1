namespace LoraEdge.Onnx.Parity;

/// <summary>One of two ways to execute a model.</summary>
/// <param name="inputs">The model's inputs by name; borrowed.</param>
/// <param name="values">Names of the wanted values, internal ones included.</param>
/// <returns>The values by name. One whose type a <see cref="HostTensor"/> cannot hold may be left out.</returns>
public delegate IReadOnlyDictionary<string, HostTensor> ValueSource(IReadOnlyDictionary<string, HostTensor> inputs, IReadOnlyList<string> values);
