using System.IO.Hashing;
using System.Text;
using Microsoft.VisualBasic.FileIO;

namespace LoraEdge.Benchmarks.Gate;

/// <summary>One person's rounds of rock, paper, scissors, in the order in which they were played.</summary>
/// <param name="Id">The person.</param>
/// <param name="Rounds">What both sides chose; rounds in which one of them chose nothing are left out.</param>
internal sealed record RpsPerson(string Id, IReadOnlyList<RpsRound> Rounds)
{
    private const uint OneInSoMany = 3;

    /// <summary>Whether the base model must not know the person: one in three, by the id alone.</summary>
    public bool IsHeldOut => XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(Id)) % OneInSoMany == 0;

    /// <summary>Reads everybody, in the order of their ids.</summary>
    /// <param name="path">A file with the columns player_id, round, player_move and bot_move.</param>
    /// <exception cref="InvalidDataException">A column is missing.</exception>
    public static IReadOnlyList<RpsPerson> Read(string path)
    {
        using var parser = new TextFieldParser(path);
        parser.SetDelimiters(",");
        string[] header = parser.ReadFields() ?? [];
        int id = Column("player_id"), number = Column("round"), own = Column("player_move"), bot = Column("bot_move");
        var rounds = new SortedDictionary<string, List<(int Number, RpsRound Round)>>(StringComparer.Ordinal);
        while (parser.ReadFields() is { } fields)
        {
            if (!rounds.TryGetValue(fields[id], out var known))
                rounds[fields[id]] = known = [];
            if (RpsRound.Parse(fields[own], fields[bot]) is { } round)
                known.Add((int.Parse(fields[number], System.Globalization.CultureInfo.InvariantCulture), round));
        }

        return [.. rounds.Select(entry => new RpsPerson(entry.Key, [.. entry.Value.OrderBy(one => one.Number).Select(one => one.Round)]))];

        int Column(string name) => Array.IndexOf(header, name) is >= 0 and int found ? found : throw new InvalidDataException($"{path} has no column '{name}'.");
    }
}
