using MessagePack;

namespace LoraEdge;

/// <summary>
/// Makes copies of one record count for less and less, so that no number of them is evidence. What a record counts follows
/// from earlier records with the same inputs, and never from its own target: a bet whose size depends on the outcome would
/// not be fair (a model that overrates whatever is rare would gain by every first occurrence and lose by none of the copies).
/// </summary>
/// <param name="capacity">Records that are remembered; then all are forgotten, and remembering starts again.</param>
internal sealed class RepeatedRecords(int capacity)
{
    private const int MostCopies = int.MaxValue - 1;

    /// <summary>One input among so many different ones comes up again without counting as a repetition.</summary>
    private const int InputsForOneMore = 50;

    private readonly Dictionary<ulong, int> _contents = [];
    private readonly Dictionary<ulong, (int Records, double EqualPairs)> _inputs = [];

    /// <summary>
    /// What the next record counts, above 0 to 1: 1 if its inputs are new, or have come up no oftener than once for every fifty
    /// different inputs (each game begins in the same position, and what the player does there says as much as anything else);
    /// otherwise the share of pairs among the n records before with the same inputs whose targets differ, or 1/(n+1)^2 if that is
    /// more. Where there is nothing but copies of one record they are thus worth 1.64 records at most, all together.
    /// </summary>
    public double Share(RecordHash hash)
    {
        ForgetWhenFull();
        _inputs.TryGetValue(hash.Inputs, out (int Records, double EqualPairs) seen);
        (int before, double equalPairs) = seen;
        bool isCommon = before > _inputs.Count / InputsForOneMore;
        double pairs = before * (before - 1.0) / 2;
        double varied = pairs > 0 ? 1 - (equalPairs / pairs) : 0;
        _contents.TryGetValue(hash.Content, out int copies);
        _contents[hash.Content] = Math.Min(copies + 1, MostCopies);
        _inputs[hash.Inputs] = (Math.Min(before + 1, MostCopies), equalPairs + copies);
        return !isCommon ? 1 : Math.Max(varied, 1 / ((before + 1.0) * (before + 1.0)));
    }

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteMapHeader(_contents.Count);
        foreach (KeyValuePair<ulong, int> entry in _contents.OrderBy(entry => entry.Key))
        {
            writer.Write(entry.Key);
            writer.Write(entry.Value);
        }

        writer.WriteMapHeader(_inputs.Count);
        foreach (KeyValuePair<ulong, (int Records, double EqualPairs)> entry in _inputs.OrderBy(entry => entry.Key))
        {
            writer.Write(entry.Key);
            writer.WriteArrayHeader(2);
            writer.Write(entry.Value.Records);
            writer.Write(entry.Value.EqualPairs);
        }
    }

    public static RepeatedRecords Read(ref FieldReader reader, int capacity)
    {
        var records = new RepeatedRecords(capacity);
        int contents = reader.Map("the contents seen", 0, GateOptions.MostPatience);
        for (int i = 0; i < contents; i++)
            records._contents[reader.Unsigned("a content hash", 0, ulong.MaxValue)] = reader.Int("a number of copies", 1, MostCopies);
        int inputs = reader.Map("the inputs seen", 0, GateOptions.MostPatience);
        for (int i = 0; i < inputs; i++)
        {
            ulong hash = reader.Unsigned("an input hash", 0, ulong.MaxValue);
            reader.Array("the records of an input", 2, 2);
            records._inputs[hash] = (reader.Int("the records of an input", 1, MostCopies), reader.Double("its pairs of equal targets", 0, double.MaxValue));
        }

        return records;
    }

    private void ForgetWhenFull()
    {
        if (_contents.Count < capacity)
            return;
        _contents.Clear();
        _inputs.Clear();
    }
}
