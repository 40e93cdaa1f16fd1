using LoraEdge.Onnx;

namespace LoraEdge.Cli.Inspection;

/// <summary>An input or output as the model declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type; null when it is no tensor.</param>
/// <param name="Shape">Its axes: a number, a name or null each; null when not even the rank is declared.</param>
internal sealed record ValueReport(string Name, string? Type, IReadOnlyList<object?>? Shape)
{
    public static ValueReport Of(ValueInfo value) => new(
        value.Name, value.ElementType == 0 ? null : OnnxDataType.NameOf(value.ElementType), value.Shape?.Select(axis => (object?)axis.Size ?? axis.Symbol).ToArray());

    /// <inheritdoc />
    public override string ToString() => $"{Name}: {Type ?? "no tensor"}{(Shape is null ? "" : $"[{string.Join(",", Shape.Select(axis => axis ?? "?"))}]")}";
}
