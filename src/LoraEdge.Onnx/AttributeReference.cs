namespace LoraEdge.Onnx;

/// <summary>Inside of a function: the value that the call gives one of the function's attributes.</summary>
public sealed class AttributeReference
{
    private AttributeReference(string attribute, AttributeKind kind) => (Attribute, Kind) = (attribute, kind);

    /// <summary>Name of the function's attribute.</summary>
    public string Attribute { get; }

    internal AttributeKind Kind { get; }

    /// <summary>Refers to an attribute.</summary>
    /// <typeparam name="T">What it holds: <see cref="long"/>, <see cref="float"/>, <see cref="string"/>, an array of these, an <see cref="Initializer"/> or a <see cref="GraphBuilder"/>.</typeparam>
    /// <param name="attribute">Name of the function's attribute.</param>
    /// <exception cref="ArgumentException">Attributes do not hold such a type.</exception>
    public static AttributeReference To<T>(string attribute) => new(attribute, KindOf(typeof(T)));

    private static AttributeKind KindOf(Type type)
    {
        if (type == typeof(long)) return AttributeKind.Int;
        if (type == typeof(float)) return AttributeKind.Float;
        if (type == typeof(string)) return AttributeKind.String;
        if (type == typeof(Initializer)) return AttributeKind.Tensor;
        if (type == typeof(GraphBuilder)) return AttributeKind.Graph;
        if (type == typeof(long[])) return AttributeKind.Ints;
        if (type == typeof(float[])) return AttributeKind.Floats;
        return type == typeof(string[]) ? AttributeKind.Strings : throw new ArgumentException($"Attributes do not hold a {type.Name}.");
    }
}
