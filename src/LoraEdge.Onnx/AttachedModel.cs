namespace LoraEdge.Onnx;

/// <summary>
/// A model with a branch <c>s*(x*A^T)*B^T</c> beside each of its adapted layers, whose B is fed. It computes what the frozen model
/// does where B is zeros, since nothing but 0 is added there.
/// </summary>
/// <param name="Model">The model; its inputs are those of the frozen one, <paramref name="Players"/>, and one for each of <paramref name="Tables"/>.</param>
/// <param name="Players">
/// Name of the input that says which row of the tables each row of the batch is served with: int64, as many as the batch has
/// rows, or one for all of them.
/// </param>
/// <param name="Tables">The tables, float32. A layer has more than one where its weight is used in several ways.</param>
public sealed record AttachedModel(OnnxModel Model, string Players, IReadOnlyList<TableInput> Tables)
{
    /// <summary>Why a layer cannot be served like this; null when it can.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="opset">Version of ONNX's own operator set that the model imports.</param>
    public static string? Objection(AdaptableLayer layer, long opset)
    {
        const int WithMod = 10;
        return BranchEdit.Objection(layer) ?? (opset < WithMod && layer.Uses.Any(use => use.Kind == LayerUseKind.Rows && use.IsTransposed)
            ? $"Rows of {layer} are looked up, which needs opset {WithMod} and the model has {opset}."
            : null);
    }
}
