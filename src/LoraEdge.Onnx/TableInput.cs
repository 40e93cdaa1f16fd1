namespace LoraEdge.Onnx;

/// <summary>
/// One input of an attached model that takes <c>s*B</c> of a layer for many players, one after another. In memory that is always
/// <c>(players, out, r)</c>, row-major; the shape differs with how the weight is used.
/// </summary>
/// <param name="Name">Name of the input.</param>
/// <param name="Layer">Index of the layer.</param>
/// <param name="RowsPerPlayer">What the number of players is multiplied by to give the size of the first axis.</param>
/// <param name="RowShape">Sizes of the other axes.</param>
public sealed record TableInput(string Name, int Layer, int RowsPerPlayer, IReadOnlyList<long> RowShape);
