using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// Bounds what inlining adds. Functions that call others twice grow like powers of two: a file of a kilobyte could ask for all
/// the memory there is.
/// </summary>
internal sealed class InliningBudget(string model)
{
    /// <summary>Most bytes that inlined nodes take, roughly: about two hundred thousand nodes.</summary>
    public const long MaxBytes = 256L << 20;

    private const int BytesOfNode = 1024, BytesOfName = 64;

    private long _left = MaxBytes;

    /// <summary>Accounts for the names that a call binds.</summary>
    public void SpendCall(FunctionProto function) => Spend((long)BytesOfName * (1 + function.Input.Count + function.Output.Count));

    /// <summary>Accounts for a node, without its attributes.</summary>
    public void SpendNode(NodeProto node) =>
        Spend(BytesOfNode + node.Name.Length + node.Input.Concat(node.Output).Sum(name => (long)BytesOfName + 2 * name.Length));

    /// <summary>Accounts for something of a size in bytes.</summary>
    /// <exception cref="ModelFormatException">The bound is reached.</exception>
    public void Spend(long bytes)
    {
        _left -= bytes;
        if (_left < 0)
            throw new ModelFormatException($"{model}: with its functions in the place of their calls the graph grows by more than {MaxBytes >> 20} MB, more than LoraEdge reads. Check that this is the right file.");
    }
}
