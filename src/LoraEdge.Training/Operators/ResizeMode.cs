using LoraEdge.Training.Execution;

namespace LoraEdge.Training.Operators;

/// <summary>How Resize finds a value between elements.</summary>
/// <param name="Interpolation">nearest, linear or cubic.</param>
/// <param name="Coordinates">Which place of the input a place of the result stands for.</param>
/// <param name="Rounding">Which element is nearest.</param>
/// <param name="CubicCoefficient">The a of Keys' cubic.</param>
/// <param name="ExcludesOutside">Whether elements outside get no weight; else the outermost element stands for them.</param>
/// <param name="Antialiases">Whether a smaller result averages over all that it covers.</param>
/// <param name="Outside">Result where tf_crop_and_resize looks outside the input.</param>
internal sealed record ResizeMode(
    string Interpolation, string Coordinates, string Rounding, float CubicCoefficient = -0.75f, bool ExcludesOutside = false, bool Antialiases = false, float Outside = 0)
{
    /// <summary>Rounding of Upsample and of the first Resize: down when growing, up when shrinking.</summary>
    private const string Simple = "simple";

    /// <summary>ONNX Runtime takes a place so close to a half for one.</summary>
    private const float NearHalf = 1e-6f;

    /// <summary>Whether all three names exist.</summary>
    public static bool IsKnown(string interpolation, string coordinates, string rounding) =>
        interpolation is "nearest" or "linear" or "cubic"
        && coordinates is "half_pixel" or "half_pixel_symmetric" or "pytorch_half_pixel" or "align_corners" or "asymmetric" or "tf_half_pixel_for_nn" or "tf_crop_and_resize"
        && rounding is "round_prefer_floor" or "round_prefer_ceil" or "floor" or "ceil";

    /// <summary>The mode of Upsample and of Resize in opset 10.</summary>
    public static ResizeMode Original(NodeContext node) => new(node.Node.GetString("mode", "nearest"), "asymmetric", Simple);

    /// <summary>The mode of Resize from opset 11 on.</summary>
    public static ResizeMode Of(NodeContext node) => new(
        node.Node.GetString("mode", "nearest"),
        node.Node.GetString("coordinate_transformation_mode", "half_pixel"),
        node.Node.GetString("nearest_mode", "round_prefer_floor"),
        node.Node.GetFloat("cubic_coeff_a", -0.75f),
        node.Node.GetInt("exclude_outside", 0) != 0,
        node.Node.GetInt("antialias", 0) != 0,
        node.Node.GetFloat("extrapolation_value", 0));

    /// <summary>Whether a place in the result has nothing to show.</summary>
    public bool IsOutside(float place, ResizeAxis axis) => Coordinates == "tf_crop_and_resize" && (place < 0 || place > axis.Size - 1);

    /// <summary>The place on the input's axis that a place of the result stands for. Single precision, as ONNX Runtime has it: halves decide what is nearest.</summary>
    public float PlaceOf(long index, ResizeAxis axis) => Coordinates switch
    {
        "asymmetric" => index / axis.Scale,
        "align_corners" => axis.Result == 1 ? 0 : index * (float)(axis.Size - 1) / (axis.Result - 1),
        "tf_half_pixel_for_nn" => (index + 0.5f) / axis.Scale,
        "pytorch_half_pixel" => axis.Result > 1 ? (index + 0.5f) / axis.Scale - 0.5f : 0,
        "half_pixel_symmetric" => (float)((axis.Size / 2f * (1 - axis.Result / (axis.Scale * axis.Size))) + ((index + 0.5) / axis.Scale) - 0.5),
        "tf_crop_and_resize" => axis.Result > 1
            ? (axis.Start * (axis.Size - 1)) + (index * (axis.End - axis.Start) * (axis.Size - 1) / (axis.Result - 1))
            : (float)(0.5 * (axis.Start + axis.End) * (axis.Size - 1)),
        _ => (index + 0.5f) / axis.Scale - 0.5f,
    };

    /// <summary>The element nearest to a place.</summary>
    public long Nearest(float place, ResizeAxis axis)
    {
        float rounded = Rounding switch
        {
            "floor" => (float)Math.Floor(place),
            "ceil" => (float)Math.Ceiling(place),
            "round_prefer_ceil" => (float)Math.Floor(place + 0.5f + NearHalf),
            Simple => (float)(axis.Scale < 1 ? Math.Ceiling(place) : Math.Floor(place)),
            _ => (float)Math.Ceiling(place - 0.5f - NearHalf),
        };
        return Math.Max(0, Math.Min(axis.Size - 1, (long)rounded));
    }
}
