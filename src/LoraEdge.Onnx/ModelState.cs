namespace LoraEdge.Onnx;

/// <summary>A state of an objective as the model declares it: an input of known type and shape, and the output that feeds it.</summary>
public sealed class ModelState
{
    /// <summary>Most numbers of a state of one sequence; a policy's has hundreds.</summary>
    private const long MaxElements = 1 << 24;

    private readonly long[] _sizes;

    private ModelState(ValueInfo input, string output, long[] sizes, int batchAxis)
    {
        (Input, Output, ElementType, _sizes, BatchAxis) = (input.Name, output, (TensorElementType)input.ElementType, sizes, batchAxis);
        IsBatchFixed = input.Shape![batchAxis].Size is not null;
    }

    /// <summary>Name of the input.</summary>
    public string Input { get; }

    /// <summary>Name of the output.</summary>
    public string Output { get; }

    /// <summary>Element type of both.</summary>
    public TensorElementType ElementType { get; }

    /// <summary>The axis with one entry for each sequence.</summary>
    public int BatchAxis { get; }

    /// <summary>Whether the model takes one sequence at a time: it declares the batch axis with size 1.</summary>
    public bool IsBatchFixed { get; }

    /// <summary>Finds the states of an objective in a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="objective">The objective.</param>
    /// <returns>One for each of the objective's, in its order.</returns>
    /// <exception cref="InvalidOptionsException">The model lacks a value, or declares one that cannot be carried; the message says which, why and what to do.</exception>
    public static IReadOnlyList<ModelState> Find(OnnxModel model, Objective objective)
    {
        RecurrentState? twice = objective.States.GroupBy(state => state.Input, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.First();
        return twice is null
            ? [.. objective.States.Select(state => Find(model, state))]
            : throw new InvalidOptionsException($"The objective's states name the input '{twice.Input}' twice; one output feeds an input.");
    }

    /// <summary>Sizes of the axes for so many sequences.</summary>
    public long[] ShapeFor(long sequences)
    {
        long[] shape = [.. _sizes];
        shape[BatchAxis] = sequences;
        return shape;
    }

    /// <summary>The state of one sequence at the start of an episode.</summary>
    public HostTensor Zeros()
    {
        long[] shape = ShapeFor(1);
        return new HostTensor(ElementType, shape, new byte[shape.Aggregate((long)HostTensor.SizeOf(ElementType), (bytes, size) => bytes * size)]);
    }

    private static ModelState Find(OnnxModel model, RecurrentState state)
    {
        ValueInfo input = Declared(model.Graph.Inputs, state.Input, model.Name, "input");
        ValueInfo output = Declared(model.Graph.Outputs, state.Output, model.Name, "output");
        string pair = $"The state of {model.Name} from its output {Describe(output)} to its input {Describe(input)}";
        if (!Enum.IsDefined(typeof(TensorElementType), input.ElementType))
            throw new InvalidOptionsException($"{pair} is of a type that cannot be carried; export the model with a state of float32, float16 or integers.");
        if (input.Shape is not { Count: > 0 } shape)
            throw new InvalidOptionsException($"{pair} has no batch axis; export the model with an input of declared shape, one axis of it the batch.");
        if ((output.ElementType != 0 && output.ElementType != input.ElementType) || !Agree(shape, output.Shape, out int batchAxis))
            throw new InvalidOptionsException($"{pair} does not fit: types and shapes must be the same. Name the output that belongs to the input.");
        if (batchAxis < 0)
            throw new InvalidOptionsException($"{pair} has no batch axis: every axis has a fixed size, and none is 1. Export the model with a batch axis of varying size.");
        long?[] sizes = [.. shape.Select((axis, index) => index == batchAxis ? 1 : axis.Size ?? output.Shape?[index].Size)];
        int open = Array.FindIndex(sizes, size => size is null or < 1);
        if (open >= 0)
            throw new InvalidOptionsException($"{pair} has no size on axis {open}, so it cannot begin as zeros. Export the model with a fixed size there; axis {batchAxis} is taken for the batch.");
        double count = sizes.Aggregate(1.0, (product, size) => product * size!.Value);
        return count <= MaxElements
            ? new ModelState(input, output.Name, [.. sizes.Select(size => size!.Value)], batchAxis)
            : throw new InvalidOptionsException($"{pair} has {count:F0} numbers for one sequence; {MaxElements} can be carried.");
    }

    private static ValueInfo Declared(IReadOnlyList<ValueInfo> values, string name, string model, string what) =>
        values.FirstOrDefault(value => value.Name == name)
        ?? throw new InvalidOptionsException($"The objective's states name the {what} '{name}', which {model} lacks; its {what}s are {string.Join(", ", values.Select(value => value.Name))}.");

    /// <summary>Compares the shapes but for the batch axis, whose size exporters often write down as that of the example they traced.</summary>
    private static bool Agree(IReadOnlyList<Dimension> input, IReadOnlyList<Dimension>? output, out int batchAxis)
    {
        batchAxis = Array.FindIndex([.. input], axis => axis.Size is null);
        if (batchAxis < 0)
            batchAxis = Array.FindIndex([.. input], axis => axis.Size == 1);
        if (output is null)
            return true;
        if (output.Count != input.Count)
            return false;
        for (int axis = 0; axis < input.Count; axis++)
        {
            if (axis != batchAxis && input[axis].Size is { } size && output[axis].Size is { } other && size != other)
                return false;
        }

        return true;
    }

    private static string Describe(ValueInfo value) =>
        $"'{value.Name}' ({OnnxDataType.NameOf(value.ElementType)}[{(value.Shape is { } shape ? string.Join(",", shape) : "any shape")}])";
}
