namespace LoraEdge.Training;

/// <summary>One batch in slices, run one after the other: their gradients add up to those of the whole batch's mean loss.</summary>
/// <param name="pass">Runs the model, borrowed.</param>
/// <param name="records">The batch.</param>
/// <param name="sliceSize">Records of a slice.</param>
/// <param name="classCount">Number of classes.</param>
internal sealed class SlicedBatch(LossPass pass, IReadOnlyList<Interaction> records, int sliceSize, int classCount)
{
    private readonly double _weight = pass.WeightOf(records);
    private int _done;

    /// <summary>The part of the batch's mean loss that the slices so far have.</summary>
    public double Loss { get; private set; }

    /// <summary>Whether all slices have run.</summary>
    public bool IsComplete => _done >= records.Count;

    /// <summary>Runs the next slice, and adds to the gradients of what is trained.</summary>
    public void Advance()
    {
        Interaction[] slice = [.. records.Skip(_done).Take(sliceSize)];
        Loss += pass.Backward(slice, classCount, _weight);
        _done += slice.Length;
    }

    /// <summary>Begins again with the first slice; the gradients are the caller's to clear.</summary>
    public void Restart() => (_done, Loss) = (0, 0);
}
