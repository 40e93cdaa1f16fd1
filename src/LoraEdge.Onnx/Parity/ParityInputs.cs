namespace LoraEdge.Onnx.Parity;

/// <summary>Inputs that a model can be run on when nobody has given any: the same for the same model and seed.</summary>
public static class ParityInputs
{
    /// <summary>Most elements of all inputs together: a model that declares more is damaged or hostile.</summary>
    private const long MaxElements = 1L << 24;

    /// <summary>Most elements along one axis, for the same reason: a batch of a million rows in a small model takes gigabytes.</summary>
    private const long MaxAxis = (1L << 20) - 1;

    /// <summary>
    /// Makes inputs: floats normally distributed, but 0 or 1 where the name speaks of a mask, since policies multiply what is
    /// masked with huge numbers; integers within the axis that they index (see <see cref="IntegerRange"/>). Sizes that the model leaves open are 2 for the batch (the first axis) and 8 for others, equal names being equal sizes.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">The same seed gives the same inputs. Default: 0.</param>
    /// <param name="example">Inputs that the model is known to take; open sizes but the batch are theirs. Default: none.</param>
    /// <exception cref="ModelFormatException">An input is no tensor that a host can hold, or too large.</exception>
    public static IReadOnlyDictionary<string, HostTensor> For(OnnxModel model, int seed = 0, IReadOnlyDictionary<string, HostTensor>? example = null)
    {
        var numbers = new SeededNumbers((ulong)seed);
        var sizes = new OpenSizes(model.Graph.Inputs, example);
        var inputs = new Dictionary<string, HostTensor>(StringComparer.Ordinal);
        long left = MaxElements;
        foreach (ValueInfo input in model.Graph.Inputs)
        {
            if (!Enum.IsDefined(typeof(TensorElementType), input.ElementType))
                throw new ModelFormatException($"The input '{input.Name}' of {model.Name} is {(input.ElementType == 0 ? "no tensor" : OnnxDataType.NameOf(input.ElementType))}, which a host cannot feed: it has tensors of {string.Join(", ", Enum.GetNames(typeof(TensorElementType)))}. Export the model with such inputs.");
            long[] shape = sizes.ShapeOf(input);
            double count = shape.Aggregate(1.0, (product, size) => product * size);
            if (count > left || shape.Any(size => size > MaxAxis))
                throw new ModelFormatException($"The inputs of {model.Name} have more than {MaxElements} elements together, or more than {MaxAxis} along an axis: '{input.Name}' alone [{string.Join(",", shape)}]. Check the declared shapes.");
            left -= (long)count;
            bool isMask = input.Name.IndexOf("mask", StringComparison.OrdinalIgnoreCase) >= 0;
            Func<float> nextFloat = isMask ? () => numbers.Within(0, 1) : numbers.Normal;
            inputs.Add(input.Name, Create((TensorElementType)input.ElementType, shape, (int)count, numbers, nextFloat, IntegerRange.Of(model.Graph, input.Name)));
        }

        return inputs;
    }

    private static HostTensor Create(TensorElementType type, long[] shape, int count, SeededNumbers numbers, Func<float> nextFloat, IntegerRange range) => type switch
    {
        TensorElementType.Float32 => HostTensor.From(Many(count, nextFloat), shape),
        TensorElementType.Float16 => new HostTensor(type, shape, [.. Many(count, () => HalfPrecision.ToFloat16(nextFloat())).SelectMany(BitConverter.GetBytes)]),
        TensorElementType.Int64 => HostTensor.From(Many(count, () => numbers.Within(range.Low, range.High)), shape),
        TensorElementType.Int32 => HostTensor.From(Many(count, () => (int)numbers.Within(range.Low, Math.Min(range.High, int.MaxValue))), shape),
        TensorElementType.Int8 => HostTensor.From(Many(count, () => (sbyte)numbers.Within(range.Low, Math.Min(range.High, sbyte.MaxValue))), shape),
        TensorElementType.UInt8 => HostTensor.From(Many(count, () => (byte)numbers.Within(range.Low, Math.Min(range.High, byte.MaxValue))), shape),
        _ => HostTensor.From(Many(count, () => numbers.Within(0, 1) == 1), shape),
    };

    private static T[] Many<T>(int count, Func<T> next)
    {
        var values = new T[count];
        for (int i = 0; i < count; i++)
            values[i] = next();
        return values;
    }
}
