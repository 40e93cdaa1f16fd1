namespace LoraEdge.Onnx.Parity;

/// <summary>Values that an integer input may take, both ends included.</summary>
/// <param name="Low">The smallest.</param>
/// <param name="High">The largest.</param>
public readonly record struct IntegerRange(long Low, long High)
{
    /// <summary>What a mask holds, and what is right for most other integers of unknown use.</summary>
    private static readonly IntegerRange s_mask = new(0, 1);

    /// <summary>
    /// Follows an input to the operators that use it: where it indexes an axis, it stays within; where it is a shape, a count or
    /// a length, it is 1; otherwise it is 0 or 1, as a mask is.
    /// </summary>
    /// <param name="graph">The model's graph.</param>
    /// <param name="input">Name of the input.</param>
    public static IntegerRange Of(OnnxGraph graph, string input)
    {
        IntegerRange? range = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<(string Value, long Shift)>([(input, 0)]);
        while (open.Count > 0)
        {
            (string value, long shift) = open.Dequeue();
            if (!seen.Add(value))
                continue;
            foreach (OnnxNode node in graph.ConsumersOf(value))
            {
                for (int slot = 0; slot < node.Inputs.Count; slot++)
                {
                    if (node.Inputs[slot] != value)
                        continue;
                    if (IntegerUse.IsCount(node, slot))
                        return new IntegerRange(1, 1);
                    if (IntegerUse.IndexedSize(graph, node, slot) is { } size)
                        range = Narrowed(range, Math.Max(0, -shift), size - 1 - shift);
                    foreach ((string passed, long added) in IntegerUse.PassedOn(graph, node, slot))
                        open.Enqueue((passed, shift + added));
                }
            }
        }

        return range ?? s_mask;
    }

    private static IntegerRange Narrowed(IntegerRange? range, long low, long high) =>
        range is { } known ? new(Math.Max(known.Low, low), Math.Min(known.High, high)) : new(low, high);
}
