namespace LoraEdge;

/// <summary>
/// Tokens by falling logit, and among equal ones by number. A token is one number whose upper half is the logit and whose
/// lower half is the token, so that sorting numbers ranks them in the same way on every platform.
/// </summary>
internal sealed class TokenRanking
{
    private ulong[] _keys = [];

    /// <summary>The token at a place of the last ranking.</summary>
    public int this[int place] => (int)(uint)_keys[place];

    /// <summary>Ranks tokens.</summary>
    /// <param name="logits">Finite, or minus infinity.</param>
    /// <param name="most">How many to rank; 0 for all.</param>
    /// <param name="least">Tokens of a lower logit may be left out.</param>
    /// <returns>How many were ranked.</returns>
    public int Rank(ReadOnlySpan<float> logits, int most, float least)
    {
        int wanted = most == 0 ? logits.Length : Math.Min(most, logits.Length);

        // Twice as many as wanted are collected; then the better half stays, and only what is better still comes in.
        int room = (int)Math.Min(2L * wanted, logits.Length + 1L);
        if (_keys.Length < room)
            _keys = new ulong[room];
        ulong worst = Key(least, int.MaxValue);
        int count = 0;
        for (int token = 0; token < logits.Length; token++)
        {
            ulong key = Key(logits[token], token);
            if (key > worst)
                continue;
            _keys[count++] = key;
            if (count < room)
                continue;
            Array.Sort(_keys, 0, count);
            count = wanted;
            worst = _keys[wanted - 1];
        }

        Array.Sort(_keys, 0, count);
        return Math.Min(count, wanted);
    }

    // The bits of positive floats are ordered as the floats are, those of negative ones the other way round; all inverted, so
    // that the highest comes first. Adding 0 makes one zero of two.
    private static ulong Key(float logit, int token)
    {
        uint bits = FloatBits.Of(logit + 0f);
        uint rising = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
        return ((ulong)~rising << 32) | (uint)token;
    }
}
