namespace Rival.Chess;

/// <summary>Reads the player names of PGN tags, which come in many spellings.</summary>
public static class PlayerName
{
    /// <summary>
    /// The surname in <paramref name="name"/>: what stands before a comma, else the last word that is neither an
    /// initial nor a generation such as "Jr", with the particles before it. "Tal, Mihail", "Tal,M", "Tal M." and
    /// "Mihail Tal" all give "Tal"; "John van der Wiel" gives "van der Wiel"; a single word is kept as it is.
    /// </summary>
    /// <param name="name">The name as a tag has it.</param>
    /// <param name="order">How to read a name of several words without a comma.</param>
    public static string Surname(string name, NameOrder order = NameOrder.ForenameFirst)
    {
        int bracket = name.IndexOf('(');
        ReadOnlySpan<char> person = (bracket < 0 ? name : name.AsSpan(0, bracket)).Trim(" ,");
        int comma = person.IndexOf(',');
        string[] words = (comma < 0 ? person : person[..comma]).ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (comma >= 0)
            return string.Join(' ', words);
        return order == NameOrder.SurnameFirst && words.Length > 0 ? words[0] : LastName(words);
    }

    /// <summary>
    /// How a file orders names without a comma. A file that writes "Tal, Mihail" keeps the comma for names it has
    /// turned around, and leaves it out where the surname comes first anyway, as in "Ding Liren"; so where more
    /// different names have a comma than have only spaces, the first word is the surname.
    /// </summary>
    public static NameOrder OrderIn(IEnumerable<string> names)
    {
        int balance = 0;
        foreach (string name in names.Distinct(StringComparer.Ordinal))
            balance += name.Contains(',') ? 1 : name.Contains(' ') ? -1 : 0;
        return balance > 0 ? NameOrder.SurnameFirst : NameOrder.ForenameFirst;
    }

    private static string LastName(string[] words)
    {
        int end = words.Length;
        while (end > 1 && (IsInitial(words[end - 1]) || IsGeneration(words[end - 1])))
            end--;
        int start = Math.Max(0, end - 1);
        // A first word in lower case is a handle or a careless forename, not a particle before one.
        while (start > 1 && char.IsLower(words[start - 1][0]))
            start--;
        return string.Join(' ', words[start..end]);
    }

    private static bool IsInitial(string word) => word.TrimEnd('.').Length <= 1;

    private static bool IsGeneration(string word) => word.TrimEnd('.').ToUpperInvariant() is "JR" or "SR" or "II" or "III";
}
