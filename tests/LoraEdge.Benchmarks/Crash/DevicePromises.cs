using System.Globalization;

namespace LoraEdge.Benchmarks.Crash;

/// <summary>What a device's processes were told is stored, over all of their lives.</summary>
internal sealed class DevicePromises(string name)
{
    private readonly List<(long First, long Last)> _flushed = [];

    /// <summary>Adapters by their generation: SHA-256 of the file.</summary>
    public SortedDictionary<long, string> Adapters { get; } = [];

    /// <summary>How often each thing was said.</summary>
    public Dictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>What failed in the processes.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>Number of the next record.</summary>
    public long Next { get; set; } = 1;

    /// <summary>The device's id, once it is known.</summary>
    public DeviceId? Device { get; set; }

    /// <summary>Takes note of what one process said.</summary>
    public void Add(IEnumerable<string> lines)
    {
        long first = Next;
        foreach (string[] words in lines.Select(line => line.Split(' ', 5)).Where(words => words[0] == name))
        {
            string what = words[1];
            if (what == "stored")
                Adapters[long.Parse(words[2], CultureInfo.InvariantCulture)] = words[3];
            else if (what == "flushed")
                Next = long.Parse(words[2], CultureInfo.InvariantCulture) + 1;
            else if (what == "failed")
                Failures.Add(string.Join(' ', words));
            Count(what == "stored" ? words[4] : what);
        }

        if (Next > first)
            _flushed.Add((first, Next - 1));
    }

    /// <summary>Whether a record was reported to be on the disk.</summary>
    public bool IsFlushed(long number) => _flushed.Exists(range => number >= range.First && number <= range.Last);

    /// <summary>Records that were reported to be on the disk.</summary>
    public long FlushedRecords => _flushed.Sum(range => range.Last - range.First + 1);

    /// <summary>How often something was said.</summary>
    public int Said(string what) => Counts.GetValueOrDefault(what);

    private void Count(string what) => Counts[what] = Said(what) + 1;
}
