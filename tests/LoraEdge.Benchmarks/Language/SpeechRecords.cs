namespace LoraEdge.Benchmarks.Language;

/// <summary>Makes training records of speeches: the mark of beginning, the tokens, and filling up to one of a few lengths.</summary>
internal static class SpeechRecords
{
    /// <summary>Most tokens of a speech that count, in training and in testing.</summary>
    public const int MostTokens = 127;

    /// <summary>Marks of beginning and end in the vocabulary of stories15M.</summary>
    public const long Begin = 1, End = 2;

    private const long Ignored = -100;
    private static readonly int[] s_lengths = [16, 32, 64, MostTokens + 1];

    /// <summary>One speech as a record: at every position the next token is the target, at the last the mark of the end.</summary>
    public static Interaction Of(long[] speech)
    {
        long[] tokens = [.. speech.Take(MostTokens)];
        int length = s_lengths.First(length => length > tokens.Length);
        long[] inputs = new long[length], targets = new long[length];
        inputs[0] = Begin;
        Array.Fill(targets, Ignored);
        for (int i = 0; i < tokens.Length; i++)
            (inputs[i + 1], targets[i]) = (tokens[i], tokens[i]);
        targets[tokens.Length] = tokens.Length == speech.Length ? End : speech[tokens.Length];
        return new Interaction(new Dictionary<string, HostTensor> { ["input_ids"] = HostTensor.From(inputs, 1, length) }, Target.Sequence(targets), 1);
    }
}
