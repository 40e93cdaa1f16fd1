using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Puts updates into rows of a matrix by a function of the old and the new value, also where several updates go to one row
/// and gradients are wanted: libtorch's own scatter_reduce is not among TorchSharp's operations.
/// </summary>
internal static class RowUpdates
{
    /// <summary>A copy of the data with every update applied to its row.</summary>
    /// <param name="data">Shape (rows, elements), borrowed.</param>
    /// <param name="rows">The row of each update, checked; shape (updates).</param>
    /// <param name="updates">Shape (updates, elements), borrowed.</param>
    /// <param name="function">Associative, such as a product or a maximum.</param>
    public static Tensor Combine(Tensor data, Tensor rows, Tensor updates, Func<Tensor, Tensor, Tensor> function)
    {
        using Tensor local = rows.cpu(), packed = local.contiguous();
        long[] given = packed.data<long>().ToArray();
        long[] order = [.. Enumerable.Range(0, given.Length).OrderBy(at => given[at]).Select(at => (long)at)];
        long[] targets = [.. order.Select(at => given[at])];
        Tensor values = Pick(updates, order);
        // Neighbours of one row are combined, which halves the updates of every row, until each row has one.
        while (PairsOf(targets) is { } pairs && pairs.First.Length < targets.Length)
        {
            using Tensor before = values;
            values = CombinePairs(before, pairs, function);
            targets = [.. pairs.First.Select(at => targets[at])];
        }

        using (values)
        using (Tensor at = tensor(targets, device: data.device))
        using (Tensor old = data.index_select(0, at), changed = function(old, values))
            return data.index_copy(0, at, changed);
    }

    /// <summary>Positions of neighbours that go to one row; a position that is left alone is its own neighbour.</summary>
    private static (long[] First, long[] Second) PairsOf(long[] targets)
    {
        List<long> first = [], second = [];
        for (int at = 0; at < targets.Length; at++)
        {
            first.Add(at);
            if (at + 1 < targets.Length && targets[at + 1] == targets[at])
                at++;
            second.Add(at);
        }

        return ([.. first], [.. second]);
    }

    private static Tensor CombinePairs(Tensor values, (long[] First, long[] Second) pairs, Func<Tensor, Tensor, Tensor> function)
    {
        using Tensor first = Pick(values, pairs.First), second = Pick(values, pairs.Second), both = function(first, second);
        bool[] paired = [.. pairs.First.Zip(pairs.Second, (one, other) => one != other)];
        using Tensor mask = tensor(paired, device: values.device), column = mask.unsqueeze(-1);
        return where(column, both, first);
    }

    private static Tensor Pick(Tensor values, long[] positions)
    {
        using Tensor at = tensor(positions, device: values.device);
        return values.index_select(0, at);
    }
}
