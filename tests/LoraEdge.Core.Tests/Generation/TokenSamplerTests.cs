namespace LoraEdge.Core.Tests.Generation;

/// <summary>The sampler, against its definition in plain words of LINQ.</summary>
public sealed class TokenSamplerTests
{
    private const int Draws = 20_000;

    private static readonly float[] s_logits = [0.5f, -1, 2, 0, 2, float.NegativeInfinity, 1.25f, -3, 0.5f, -0.25f];

    public static IEnumerable<GenerationOptions> Settings() =>
        from temperature in new[] { 0.3, 1, 2.5 }
        from topK in new[] { 0, 1, 3, 5, 100 }
        from topP in new[] { 1e-9, 0.4, 0.9, 1 }
        select new GenerationOptions { Temperature = temperature, TopK = topK, TopP = topP, Seed = 3 };

    [TestCaseSource(nameof(Settings))]
    public void Next_DrawsEachTokenAsOftenAsItsProbabilitySays(GenerationOptions options)
    {
        var sampler = new TokenSampler(options);
        double[] expected = Probabilities(s_logits, options);
        int[] counts = new int[s_logits.Length];

        for (int i = 0; i < Draws; i++)
            counts[sampler.Next(s_logits)]++;

        for (int token = 0; token < counts.Length; token++)
        {
            double deviation = Math.Sqrt(Draws * expected[token] * (1 - expected[token]));
            Assert.That(counts[token], Is.EqualTo(Draws * expected[token]).Within((4.5 * deviation) + 1e-6), $"token {token}");
        }
    }

    [Test]
    public void Next_OfALargeVocabulary_DrawsFromTheTokensThatTheDefinitionKeeps([Values(0, 1, 40, 3000)] int topK, [Values(0.05, 0.95, 1)] double topP, [Values] bool rising)
    {
        float[] logits = [.. Spread(5000)];
        if (rising)
            Array.Sort(logits);
        var options = new GenerationOptions { TopK = topK, TopP = topP, Temperature = 0.7 };
        var sampler = new TokenSampler(options);
        double[] expected = Probabilities(logits, options);

        int[] drawn = [.. Enumerable.Range(0, 2000).Select(_ => sampler.Next(logits))];

        Assert.That(drawn.Where(token => expected[token] == 0), Is.Empty);
        Assert.That(drawn.Average(token => -Math.Log(expected[token])), Is.EqualTo(-expected.Where(p => p > 0).Sum(p => p * Math.Log(p))).Within(0.12), "entropy");
    }

    [Test]
    public void Next_AtTemperatureZero_IsTheFirstOfTheLikeliest()
    {
        Assert.That(new TokenSampler(new GenerationOptions { Temperature = 0, TopK = 5, TopP = 0.5 }).Next(s_logits), Is.EqualTo(2));
    }

    [Test]
    public void Next_RepeatsWithTheSeed()
    {
        int[] Drawn(ulong seed)
        {
            var sampler = new TokenSampler(new GenerationOptions { Seed = seed });
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Next(s_logits))];
        }

        Assert.That(Drawn(8), Is.EqualTo(Drawn(8)));
        Assert.That(Drawn(9), Is.Not.EqualTo(Drawn(8)));
    }

    [Test]
    public void Next_AfterTheFirst_AllocatesNothing([Values(0, 40)] int topK, [Values(0.9, 1)] double topP)
    {
        float[] logits = [.. Spread(1000)];
        var sampler = new TokenSampler(new GenerationOptions { TopK = topK, TopP = topP });
        sampler.Next(logits);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 20; i++)
            sampler.Next(logits);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [TestCase(new[] { 1f, float.NaN }, "token 1")]
    [TestCase(new[] { float.PositiveInfinity, 1 }, "token 0")]
    [TestCase(new[] { float.NegativeInfinity }, "None of 1")]
    [TestCase(new float[0], "None of 0")]
    public void Next_WithoutUsableLogits_SaysSo(float[] logits, string message)
    {
        Assert.That(() => new TokenSampler(new GenerationOptions()).Next(logits), Throws.TypeOf<InvalidInputException>().With.Message.Contains(message));
    }

    public static IEnumerable<TestCaseData> Refused()
    {
        var options = new GenerationOptions();
        yield return new TestCaseData(options with { MaxTokens = 0 }, nameof(options.MaxTokens));
        yield return new TestCaseData(options with { Temperature = -0.1 }, nameof(options.Temperature));
        yield return new TestCaseData(options with { Temperature = double.NaN }, nameof(options.Temperature));
        yield return new TestCaseData(options with { TopK = -1 }, nameof(options.TopK));
        yield return new TestCaseData(options with { TopP = 0 }, nameof(options.TopP));
        yield return new TestCaseData(options with { TopP = 1.1 }, nameof(options.TopP));
        yield return new TestCaseData(options with { ContextLength = 0 }, nameof(options.ContextLength));
        yield return new TestCaseData(options with { StopTokens = null! }, nameof(options.StopTokens));
    }

    [TestCaseSource(nameof(Refused))]
    public void Options_OutOfRange_AreRefusedByName(GenerationOptions options, string name)
    {
        Assert.That(() => new TokenSampler(options), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains(name));
    }

    private static double[] Probabilities(float[] logits, GenerationOptions options)
    {
        double[] softmax = Softmax([.. logits.Select(logit => logit / options.Temperature)]);
        int[] ranked = [.. Enumerable.Range(0, logits.Length).OrderByDescending(token => logits[token]).ThenBy(token => token)];
        if (options.TopK > 0)
            ranked = [.. ranked.Take(options.TopK)];
        double all = ranked.Sum(token => softmax[token]), sum = 0;
        int[] kept = [.. ranked.TakeWhile(token => options.TopP == 1 || (sum += softmax[token] / all) - (softmax[token] / all) < options.TopP)];
        HashSet<int> set = [.. kept];
        double total = kept.Sum(token => softmax[token]);
        return [.. Enumerable.Range(0, logits.Length).Select(token => set.Contains(token) ? softmax[token] / total : 0)];
    }

    private static double[] Softmax(double[] values)
    {
        double highest = values.Max();
        double[] powers = [.. values.Select(value => Math.Exp(value - highest))];
        double sum = powers.Sum();
        return [.. powers.Select(power => power / sum)];
    }

    private static IEnumerable<float> Spread(int count)
    {
        var random = new Random(4);
        return Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 12));
    }
}
