namespace LoraEdge.Fuzz.Tests.Seeds;

/// <summary>A model that works, to be damaged.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Model">The content of an <c>.onnx</c> file.</param>
/// <param name="Inputs">Values that go with its inputs, by name; inputs without any are made up.</param>
internal sealed record FuzzSeed(string Name, byte[] Model, IReadOnlyDictionary<string, Initializer> Inputs);
