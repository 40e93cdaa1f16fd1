using Microsoft.VisualBasic.FileIO;

namespace LoraEdge.Benchmarks.Language;

/// <summary>One speaker's speeches as tokens, in the order of the file.</summary>
/// <param name="Name">The speaker.</param>
/// <param name="Speeches">Tokens of each speech, without marks of beginning and end.</param>
internal sealed record Speaker(string Name, IReadOnlyList<long[]> Speeches)
{
    /// <summary>Share of the speeches, the last, that are only tested on.</summary>
    private const double TestShare = 0.2;

    /// <summary>The speeches that may be learned from.</summary>
    public IReadOnlyList<long[]> Known => [.. Speeches.Take(TestStart)];

    /// <summary>The speeches that are tested on.</summary>
    public IReadOnlyList<long[]> Test => [.. Speeches.Skip(TestStart)];

    private int TestStart => Speeches.Count - (int)Math.Ceiling(Speeches.Count * TestShare);

    /// <summary>Reads all speakers, those who say most first.</summary>
    /// <param name="path">A file with the columns speaker, text and token_ids.</param>
    public static IReadOnlyList<Speaker> Read(string path)
    {
        var speeches = new Dictionary<string, List<long[]>>(StringComparer.Ordinal);
        using var parser = new TextFieldParser(path) { HasFieldsEnclosedInQuotes = true, TrimWhiteSpace = false };
        parser.SetDelimiters(",");
        parser.ReadFields();
        while (parser.ReadFields() is { } fields)
        {
            long[] tokens = [.. fields[2].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(token => long.Parse(token, System.Globalization.CultureInfo.InvariantCulture))];
            if (!speeches.TryGetValue(fields[0], out List<long[]>? own))
                speeches[fields[0]] = own = [];
            own.Add(tokens);
        }

        return [.. speeches.Select(entry => new Speaker(entry.Key, entry.Value)).OrderByDescending(speaker => speaker.Speeches.Sum(speech => speech.Length)).ThenBy(speaker => speaker.Name, StringComparer.Ordinal)];
    }
}
