namespace LoraEdge.Onnx;

/// <summary>A pattern over names: <c>*</c> stands for any characters, <c>?</c> for one, everything else for itself.</summary>
internal static class NamePattern
{
    /// <summary>Whether a name fits a pattern; takes time in proportion to the product of their lengths at most.</summary>
    public static bool Matches(string pattern, string name)
    {
        int at = 0, star = -1, resume = 0;
        for (int i = 0; i < name.Length;)
        {
            if (at < pattern.Length && pattern[at] == '*')
                (star, resume) = (at++, i);
            else if (at < pattern.Length && (pattern[at] == '?' || pattern[at] == name[i]))
                (at, i) = (at + 1, i + 1);
            else if (star >= 0)
                (at, i) = (star + 1, ++resume);
            else
                return false;
        }

        return pattern.Substring(at).All(rest => rest == '*');
    }
}
