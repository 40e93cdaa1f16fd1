namespace LoraEdge.Fuzz.Tests.Mutations;

/// <summary>Lists with other elements, fewer or more of them, or in another order.</summary>
internal static class ListMutations
{
    /// <summary>Changes a list in place.</summary>
    /// <param name="list">The list.</param>
    /// <param name="random">Draws.</param>
    /// <param name="draw">Makes an element.</param>
    public static void Change<T>(IList<T> list, Random random, Func<T> draw)
    {
        int kind = random.Next(10);
        if (list.Count == 0 || kind == 0)
            list.Insert(random.Next(list.Count + 1), draw());
        else if (kind == 1)
            list.RemoveAt(random.Next(list.Count));
        else if (kind == 2)
            list.Clear();
        else if (kind == 3)
            Swap(list, random);
        else
            list[random.Next(list.Count)] = draw();
    }

    /// <summary>Exchanges two elements.</summary>
    public static void Swap<T>(IList<T> list, Random random)
    {
        int a = random.Next(list.Count), b = random.Next(list.Count);
        (list[a], list[b]) = (list[b], list[a]);
    }
}
