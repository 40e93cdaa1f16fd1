namespace LoraEdge.Onnx;

/// <summary>Where a constant tensor goes: itself, what nodes that only pass it on make of it, and the nodes that compute with those.</summary>
/// <param name="Values">The tensor and everything that it is passed on as.</param>
/// <param name="Reads">The nodes that compute with one of the values, in execution order.</param>
internal sealed record WeightTrace(IReadOnlyList<TracedValue> Values, IReadOnlyList<WeightRead> Reads)
{
    /// <summary>The first use that an adapter can change; it decides what the layer's rows and columns are.</summary>
    public WeightRead? Lead { get; } = Reads.FirstOrDefault(read => read.Role.IsAdaptable);

    /// <summary>Whether some operator multiplies activations with the tensor.</summary>
    public bool IsWeight => Reads.Any(read => read.Role.IsWeight);

    /// <summary>Follows a tensor.</summary>
    public static WeightTrace Of(OnnxGraph graph, ValueReads reads, WeightSource source)
    {
        var values = new List<TracedValue> { TracedValue.Stored(source) };
        var found = new List<WeightRead>();
        for (int i = 0; i < values.Count; i++)
        {
            TracedValue value = values[i];
            foreach ((OnnxNode node, int slot) in reads.Of(value.Name))
            {
                if (slot == 0 && value.Behind(graph, node) is { } next)
                    values.Add(next);
                else
                    found.Add(new WeightRead(node, slot, value, RoleOf(reads, node, slot)));
            }
        }

        return new WeightTrace(values, [.. found.OrderBy(read => read.Node.Index).ThenBy(read => read.Slot)]);
    }

    /// <summary>A weight behind a node that is not looked through is still shown as one.</summary>
    private static WeightRole RoleOf(ValueReads reads, OnnxNode node, int slot)
    {
        bool reshapes = slot == 0 && node.Domain.Length == 0 && node.Outputs.Count > 0
            && node.OpType is "Reshape" or "Squeeze" or "Unsqueeze" or "Flatten" or "QuantizeLinear" or "Cast" or "Transpose" or "DequantizeLinear";
        return reshapes && reads.Of(node.Outputs[0]).Any(read => WeightRole.Of(read.Node, read.Slot).IsAdaptable)
            ? new WeightRole(WeightRole.Kinds.Foreign)
            : WeightRole.Of(node, slot);
    }
}
