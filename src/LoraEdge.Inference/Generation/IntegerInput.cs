using LoraEdge.Onnx;

namespace LoraEdge.Inference.Generation;

/// <summary>An input of one integer a token, shape <c>(1, length)</c>: tokens, their positions, or the mask.</summary>
/// <param name="Name">Name of the input.</param>
/// <param name="Type">Int32 or Int64.</param>
/// <param name="FixedLength">The length that the model declares; null where it varies.</param>
internal sealed record IntegerInput(string Name, TensorElementType Type, int? FixedLength)
{
    /// <summary>Reads what a model declares of an input.</summary>
    /// <exception cref="ModelFormatException">It is of another type or shape.</exception>
    public static IntegerInput From(ValueInfo input, string model)
    {
        if (!CanBe(input))
            throw new ModelFormatException($"The input '{input.Name}' of {model} is {(TensorElementType)input.ElementType}[{(input.Shape is { } shape ? string.Join(",", shape) : "any shape")}]; generation feeds Int64 or Int32 of shape (1, length). Export the model with such an input.");
        return new IntegerInput(input.Name, (TensorElementType)input.ElementType, (int?)input.Shape![1].Size);
    }

    /// <summary>Whether an input is of such a type and shape.</summary>
    public static bool CanBe(ValueInfo input) =>
        input is { ElementType: OnnxDataType.Int64 or OnnxDataType.Int32, Shape: { Count: 2 } shape } && shape[0].Size is null or 1 && shape[1].Size is null or (>= 1 and <= int.MaxValue);

    /// <summary>The tensor for some tokens.</summary>
    /// <param name="length">How many.</param>
    /// <param name="value">The number of each, by its place.</param>
    public HostTensor Fill(int length, Func<int, int> value)
    {
        IEnumerable<int> values = Enumerable.Range(0, length).Select(value);
        return Type == TensorElementType.Int64
            ? HostTensor.From([.. values.Select(number => (long)number)], 1, length)
            : HostTensor.From([.. values], 1, length);
    }
}
