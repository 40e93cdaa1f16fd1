namespace LoraEdge.Inference;

/// <summary>Elements of a weight that follow each other.</summary>
/// <param name="Weight">The weight.</param>
/// <param name="Delta">What changes them; null when they stay as they are.</param>
/// <param name="Start">Index of the first one in the stored tensor.</param>
/// <param name="Count">How many.</param>
internal sealed record MergePiece(MergedWeight Weight, LayerDelta? Delta, int Start, int Count)
{
    /// <summary>Elements of a piece: enough for a thread to be worth its start, few enough for all threads to end together.</summary>
    private const int Size = 65_536;

    /// <summary>Merges weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="threads">Number of threads, the calling one included.</param>
    /// <param name="model">Name of the model, for messages.</param>
    /// <exception cref="AdapterMismatchException">A merged value is not finite. What has been written is of no use.</exception>
    /// <exception cref="ModelFormatException">A frozen one is not.</exception>
    public static void MergeAll(IEnumerable<MergedWeight> weights, int threads, string model)
    {
        MergePiece[] pieces = [.. weights.SelectMany(weight => weight.Pieces(Size))];
        var isFinite = new bool[pieces.Length];
        if (threads == 1)
        {
            for (int i = 0; i < pieces.Length; i++)
                isFinite[i] = pieces[i].Weight.Merge(pieces[i]);
        }
        else
        {
            Parallel.For(0, pieces.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => isFinite[i] = pieces[i].Weight.Merge(pieces[i]));
        }

        if (Array.IndexOf(isFinite, false) is var at and >= 0)
            throw pieces[at].Weight.Refused(pieces[at], model);
    }
}
