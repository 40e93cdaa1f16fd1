namespace LoraEdge;

/// <summary>
/// Chooses the tokens of one sequence from logits: temperature, then top-k, then top-p, the order of Hugging Face's
/// generation, then one draw. Allocates nothing after the first token. For one thread at a time.
/// </summary>
public sealed class TokenSampler
{
    private readonly GenerationOptions _options;
    private readonly TokenRanking? _ranking;
    private double[] _weights = [];
    private ulong _draws;

    /// <summary>Starts a sequence.</summary>
    /// <param name="options">How tokens are chosen.</param>
    /// <exception cref="InvalidOptionsException">An option is outside its range.</exception>
    public TokenSampler(GenerationOptions options)
    {
        options.Validate();
        _options = options;
        _ranking = options.TopK > 0 || options.TopP < 1 ? new TokenRanking() : null;
    }

    /// <summary>Chooses the next token. Among equally likely ones the lower number comes first.</summary>
    /// <param name="logits">One number a token of the vocabulary; minus infinity for one that cannot come.</param>
    /// <exception cref="InvalidInputException">There are no logits, or one of them is not a number or infinite.</exception>
    public int Next(ReadOnlySpan<float> logits)
    {
        int likeliest = Likeliest(logits);
        if (_options.Temperature == 0)
            return likeliest;
        float highest = logits[likeliest];
        double? all = _options is { TopK: 0, TopP: < 1 } ? Sum(logits, highest) : null;
        int count = _ranking?.Rank(logits, _options.TopK, all is { } sum ? LeastLogit(sum / logits.Length, highest) : float.NegativeInfinity) ?? logits.Length;
        double ranked = Weigh(logits, highest, count);
        double kept = _options.TopP < 1 ? Nucleus(_options.TopP * (all ?? ranked), ref count) : ranked;
        return Draw(UniformHash.Of(_draws++, _options.Seed) * kept, count);
    }

    private static int Likeliest(ReadOnlySpan<float> logits)
    {
        int likeliest = -1;
        for (int token = 0; token < logits.Length; token++)
        {
            float logit = logits[token];
            if (float.IsNaN(logit) || float.IsPositiveInfinity(logit))
                throw new InvalidInputException($"The logit of token {token} is {logit}, and no token can be chosen. Look for weights of the model or the adapter that are out of range.");
            if (!float.IsNegativeInfinity(logit) && (likeliest < 0 || logit > logits[likeliest]))
                likeliest = token;
        }

        return likeliest >= 0 ? likeliest : throw new InvalidInputException($"None of {logits.Length} logits is finite, and no token can be chosen.");
    }

    private double Sum(ReadOnlySpan<float> logits, float highest)
    {
        double sum = 0;
        foreach (float logit in logits)
            sum += Weight(logit, highest);
        return sum;
    }

    /// <summary>
    /// A bound below which no token is in the nucleus, so that only a part is sorted: were one of n in it whose probability is
    /// below (1-p)/n, it and those behind it would add up to less than 1-p.
    /// </summary>
    private float LeastLogit(double mean, float highest) => (float)(highest + (_options.Temperature * Math.Log((1 - _options.TopP) * mean)));

    private double Weigh(ReadOnlySpan<float> logits, float highest, int count)
    {
        if (_weights.Length < count)
            _weights = new double[count];
        double total = 0;
        for (int i = 0; i < count; i++)
            total += _weights[i] = Weight(logits[Token(i)], highest);
        return total;
    }

    private double Nucleus(double wanted, ref int count)
    {
        double kept = 0;
        int size = 0;
        while (size < count && kept < wanted)
            kept += _weights[size++];
        count = size;
        return kept;
    }

    private int Draw(double drawn, int count)
    {
        int last = 0;
        for (int i = 0; i < count; i++)
        {
            if (_weights[i] == 0)
                continue;
            last = i;
            drawn -= _weights[i];
            if (drawn < 0)
                break;
        }

        return Token(last);
    }

    private double Weight(float logit, float highest) => Math.Exp(((double)logit - highest) / _options.Temperature);

    private int Token(int place) => _ranking is null ? place : _ranking[place];
}
