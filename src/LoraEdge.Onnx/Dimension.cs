namespace LoraEdge.Onnx;

/// <summary>One axis of a declared shape. Both parts are null where the model says nothing about the axis.</summary>
/// <param name="Size">The fixed size, at least 0; null when it varies.</param>
/// <param name="Symbol">The name of a varying size, for example <c>batch</c>; axes of the same name have the same size.</param>
public readonly record struct Dimension(long? Size, string? Symbol)
{
    /// <summary>An axis of fixed size.</summary>
    public static implicit operator Dimension(long size) => new(size, null);

    /// <summary>An axis of varying size.</summary>
    public static implicit operator Dimension(string symbol) => new(null, symbol);

    /// <summary>The size, the symbol, or <c>?</c>.</summary>
    public override string ToString() => Size?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}
