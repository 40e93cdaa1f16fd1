using LoraEdge.Training.Execution;

namespace LoraEdge.Training.Operators;

/// <summary>An equation of Einsum, checked against the shapes it is used on.</summary>
/// <param name="Terms">The axes of each operand: letters, and the numbers from 0 on for those that an ellipsis stands for, the last one 0.</param>
/// <param name="Output">The axes of the result.</param>
internal sealed record EinsumEquation(IReadOnlyList<IReadOnlyList<int>> Terms, IReadOnlyList<int> Output)
{
    private const string Ellipsis = "...";

    /// <summary>Reads a node's equation.</summary>
    /// <exception cref="ModelFormatException">It is not an equation, or does not fit the operands.</exception>
    public static EinsumEquation Parse(NodeContext node)
    {
        string text = node.Node.GetString("equation", "").Replace(" ", "");
        int arrow = text.IndexOf("->", StringComparison.Ordinal);
        string[] terms = (arrow < 0 ? text : text.Substring(0, arrow)).Split(',');
        node.Require(terms.Length == node.InputCount, $"the equation '{text}' has {terms.Length} operands for {node.InputCount} inputs");
        IReadOnlyList<int>[] axes = [.. terms.Select((term, index) => Axes(node, term, node.Rank(index) - Letters(node, term).Length))];
        int hidden = axes.SelectMany(term => term).Where(axis => axis < 'A').Select(axis => axis + 1).DefaultIfEmpty(0).Max();
        IReadOnlyList<int> output = arrow < 0 ? Implied(axes, hidden) : Axes(node, text.Substring(arrow + 2), hidden);
        node.Require(output.Distinct().Count() == output.Count, "the result names an axis twice");
        node.Require(output.All(axis => axes.Any(term => term.Contains(axis))), "the result names an axis that no operand has");
        return new EinsumEquation(axes, output);
    }

    /// <summary>Checks that axes of one name go together, and that no result, of two operands after the other, is too large.</summary>
    public void RequireSizes(NodeContext node)
    {
        var sizes = new Dictionary<int, long>();
        for (int index = 0; index < Terms.Count; index++)
        {
            var own = new Dictionary<int, long>();
            foreach ((int axis, long size) in Terms[index].Zip(node.Shape(index), (axis, size) => (axis, size)))
            {
                node.Require(!own.TryGetValue(axis, out long other) || other == size, $"an axis that input {index} names twice has two sizes");
                own[axis] = size;
            }

            foreach (KeyValuePair<int, long> axis in own)
            {
                bool known = sizes.TryGetValue(axis.Key, out long before) && before != 1;
                node.Require(!known || axis.Value == before || axis.Value == 1, $"an axis has the sizes {before} and {axis.Value}");
                sizes[axis.Key] = known ? before : axis.Value;
            }
        }

        for (int last = 1; last < Terms.Count; last++)
        {
            HashSet<int> later = [.. Output, .. Terms.Skip(last + 1).SelectMany(term => term)];
            node.RequireSize(Terms.Take(last + 1).SelectMany(term => term).Distinct().Where(later.Contains).Select(axis => sizes[axis]));
        }
    }

    /// <summary>The equation with its result spelled out.</summary>
    public override string ToString() => $"{string.Join(",", Terms.Select(Spell))}->{Spell(Output)}";

    private static string Spell(IReadOnlyList<int> axes)
    {
        int hidden = axes.Count(axis => axis < 'A'), at = axes.TakeWhile(axis => axis >= 'A').Count();
        string letters = string.Concat(axes.Where(axis => axis >= 'A').Select(axis => (char)axis));
        return hidden == 0 ? letters : letters.Insert(at, Ellipsis);
    }

    private static string Letters(NodeContext node, string term)
    {
        int dots = term.IndexOf(Ellipsis, StringComparison.Ordinal);
        string letters = dots < 0 ? term : term.Remove(dots, Ellipsis.Length);
        node.Require(letters.All(letter => letter is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z')), $"'{term}' does not name axes");
        return letters;
    }

    private static IReadOnlyList<int> Axes(NodeContext node, string term, int hidden)
    {
        string letters = Letters(node, term);
        int dots = term.IndexOf(Ellipsis, StringComparison.Ordinal);
        node.Require(dots < 0 ? hidden == 0 : hidden >= 0, $"'{term}' does not name all axes");
        IEnumerable<int> named = letters.Select(letter => (int)letter);
        return dots < 0 ? [.. named] : [.. named.Take(dots), .. Enumerable.Range(0, hidden).Reverse(), .. named.Skip(dots)];
    }

    /// <summary>Without an arrow the result has what an ellipsis stands for, then every letter that occurs once, in order.</summary>
    private static IReadOnlyList<int> Implied(IReadOnlyList<int>[] terms, int hidden)
    {
        IEnumerable<int> once = terms.SelectMany(term => term).Where(axis => axis >= 'A').GroupBy(axis => axis).Where(uses => uses.Count() == 1).Select(uses => uses.Key);
        return [.. Enumerable.Range(0, hidden).Reverse(), .. once.OrderBy(axis => axis)];
    }
}
