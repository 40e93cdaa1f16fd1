namespace LoraEdge.Cli.Output;

/// <summary>Columns of text, each as wide as its widest cell; nothing is cut or wrapped, so that lines can be searched.</summary>
/// <param name="headings">The headings; one that ends in <c>&gt;</c> has its column aligned to the right.</param>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [[.. headings.Select(heading => heading.TrimEnd('>'))]];

    /// <summary>Adds a row with as many cells as there are headings.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes the table, indented.</summary>
    public void Write(TextWriter output)
    {
        int[] widths = [.. headings.Select((_, column) => _rows.Max(row => row[column].Length))];
        foreach (string[] row in _rows)
            output.WriteLine($"  {string.Join("  ", row.Select((cell, column) => headings[column].EndsWith('>') ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column])))}".TrimEnd());
    }
}
