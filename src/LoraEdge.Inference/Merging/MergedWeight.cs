using System.Runtime.InteropServices;
using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>A weight on its way from the model to where its merged values go.</summary>
internal sealed class MergedWeight
{
    private readonly Initializer _weight;
    private readonly int _mergedType;
    private readonly float[]? _widened;
    private readonly Memory<float> _destination;
    private readonly LayerDelta[] _deltas;

    /// <param name="weight">The frozen weight. Float32 is read where it lies, 16-bit elements are widened first.</param>
    /// <param name="mergedType">Element type that the merged values will be stored in.</param>
    /// <param name="branches">What changes it: none, a layer, or the directions of a recurrent weight.</param>
    /// <param name="destination">Where to; as many elements.</param>
    public MergedWeight(Initializer weight, int mergedType, IEnumerable<LayerBranch> branches, Memory<float> destination)
    {
        (_weight, _mergedType, _destination) = (weight, mergedType, destination);
        _widened = weight.DataType == OnnxDataType.Float ? null : weight.ToFloats();
        _deltas = [.. branches.Select(LayerDelta.Of).OrderBy(delta => delta.Start)];
    }

    /// <summary>The merge, cut into pieces of about a size that touch no memory in common, in the order of the elements.</summary>
    /// <param name="size">Elements of a piece.</param>
    public IEnumerable<MergePiece> Pieces(int size)
    {
        int at = 0;
        foreach (LayerDelta delta in _deltas)
        {
            foreach (MergePiece piece in Cut(null, at, delta.Start, size).Concat(Cut(delta, delta.Start, delta.Start + delta.Count, size)))
                yield return piece;
            at = delta.Start + delta.Count;
        }

        foreach (MergePiece piece in Cut(null, at, _destination.Length, size))
            yield return piece;
    }

    /// <summary>Computes a piece.</summary>
    /// <returns>False when a changed weight's value is not finite in the element type that it will be stored in.</returns>
    public bool Merge(MergePiece piece)
    {
        ReadOnlySpan<float> frozen = Pristine.Slice(piece.Start, piece.Count);
        Span<float> merged = _destination.Span.Slice(piece.Start, piece.Count);
        if (piece.Delta is { } delta)
            return delta.Merge(frozen, merged, piece.Start - delta.Start).IsBelow(MergedRange.Beyond(_mergedType));
        frozen.CopyTo(merged);
        return _deltas.Length == 0 || MergedRange.IndexBeyond(merged, _mergedType) < 0;
    }

    /// <summary>The error for a piece for which <see cref="Merge"/> was false.</summary>
    public LoraEdgeException Refused(MergePiece piece, string model)
    {
        int at = piece.Start + MergedRange.IndexBeyond(_destination.Span.Slice(piece.Start, piece.Count), _mergedType);
        return MergedRange.Refused(Pristine[at], _destination.Span[at], at, _weight, model);
    }

    private ReadOnlySpan<float> Pristine => _widened ?? MemoryMarshal.Cast<byte, float>(_weight.Data.Span);

    private IEnumerable<MergePiece> Cut(LayerDelta? delta, int start, int end, int size)
    {
        for (int at = start; at < end; at += size)
            yield return new MergePiece(this, delta, at, Math.Min(size, end - at));
    }
}
