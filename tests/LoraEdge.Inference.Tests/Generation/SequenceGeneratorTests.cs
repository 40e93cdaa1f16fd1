using LoraEdge.Inference.Generation;

namespace LoraEdge.Inference.Tests.Generation;

/// <summary>Sequences of a decoder of two layers, against runs of the whole sequence on a plain session.</summary>
public sealed class SequenceGeneratorTests
{
    private static readonly int[] s_prompt = [3, 17, 8];
    private static readonly GenerationOptions s_greedy = new() { Temperature = 0, MaxTokens = 12 };
    private static readonly GenerationOptions s_drawn = new() { Temperature = 1.5, MaxTokens = 12, Seed = 5 };

    public static IEnumerable<TestCaseData> Forms()
    {
        LlamaDecoder tiny = LlamaDecoder.Tiny;
        yield return new TestCaseData(tiny.Create(hasCache: false), tiny.Create(hasCache: false)).SetArgDisplayNames("whole sequence");
        yield return new TestCaseData(tiny.Create(hasCache: true), tiny.Create(hasCache: false)).SetArgDisplayNames("cache");
        yield return new TestCaseData(tiny.Create(hasCache: false, length: 20), tiny.Create(hasCache: false)).SetArgDisplayNames("fixed length");
        yield return new TestCaseData(OptimizedLlama.Create(hasCache: true), OptimizedLlama.Create()).SetArgDisplayNames("fused attention with cache");
        yield return new TestCaseData(OptimizedLlama.Create(), OptimizedLlama.Create()).SetArgDisplayNames("fused attention");
    }

    [TestCaseSource(nameof(Forms))]
    public void Generate_Greedily_TakesTheLikeliestTokenOfTheWholeSequenceEachTime(OnnxModel model, OnnxModel plain)
    {
        using var serving = new ServingModel(model);
        using AdapterSlot slot = serving.Open();
        using var session = new MergedSession(plain);

        GeneratedSequence generated = new SequenceGenerator(model).Generate(slot, s_prompt, s_greedy);

        Assert.That(generated.Tokens, Is.EqualTo(Likeliest(session, s_prompt, s_greedy.MaxTokens)));
        Assert.That(generated.End, Is.EqualTo(GenerationEnd.MaxTokens));
    }

    [TestCaseSource(nameof(Forms))]
    public void Feed_TokenByToken_ComputesTheLogitsOfTheWholeSequence(OnnxModel model, OnnxModel plain)
    {
        using var serving = new ServingModel(model);
        using AdapterSlot slot = serving.Open();
        using var session = new MergedSession(plain);
        using ServingUse held = slot.Enter();
        using var run = new DecoderRun(new DecoderLayout(model), held);
        List<int> sequence = [.. s_prompt];

        for (int token = 0; token < 10; token++)
        {
            Numbers.AssertClose(run.Feed(sequence), LastLogits(session, sequence), Tolerances.Parity);
            sequence.Add(token);
        }
    }

    [Test]
    public void Generate_Drawn_RepeatsWithTheSeedAndVariesWithIt([Values] bool hasCache)
    {
        using var model = new ServingModel(LlamaDecoder.Tiny.Create(hasCache));
        using AdapterSlot slot = model.Open();
        var generator = new SequenceGenerator(model.Model);

        string[] texts = [.. new ulong[] { 5, 5, 6 }.Select(seed => string.Join(" ", generator.Generate(slot, s_prompt, s_drawn with { Seed = seed }).Tokens))];

        Assert.That(texts[1], Is.EqualTo(texts[0]));
        Assert.That(texts[2], Is.Not.EqualTo(texts[0]));
    }

    [Test]
    public void Generate_CallsBackWithEachTokenInOrder([Values] bool hasCache)
    {
        using var model = new ServingModel(LlamaDecoder.Tiny.Create(hasCache));
        using AdapterSlot slot = model.Open();
        var heard = new List<int>();

        GeneratedSequence generated = new SequenceGenerator(model.Model).Generate(slot, s_prompt, s_drawn, heard.Add);

        Assert.That(heard, Is.EqualTo(generated.Tokens).And.Count.EqualTo(s_drawn.MaxTokens));
    }

    [Test]
    public void Generate_EndsBeforeAStopToken([Values] bool hasCache)
    {
        using var model = new ServingModel(LlamaDecoder.Tiny.Create(hasCache));
        using AdapterSlot slot = model.Open();
        var generator = new SequenceGenerator(model.Model);
        IReadOnlyList<int> all = generator.Generate(slot, s_prompt, s_drawn).Tokens;
        int stop = all.Skip(4).First(token => !all.Take(4).Contains(token));
        var heard = new List<int>();

        GeneratedSequence generated = generator.Generate(slot, s_prompt, s_drawn with { StopTokens = [stop, 1000] }, heard.Add);

        Assert.That(generated.End, Is.EqualTo(GenerationEnd.StopToken));
        Assert.That(generated.Tokens, Is.EqualTo(all.TakeWhile(token => token != stop)));
        Assert.That(heard, Is.EqualTo(generated.Tokens));
    }

    [Test]
    public void Generate_EndsWhereTheContextIsFull([Values] bool isDeclared)
    {
        using var model = new ServingModel(LlamaDecoder.Tiny.Create(hasCache: !isDeclared, length: isDeclared ? 9 : null));
        using AdapterSlot slot = model.Open();

        GeneratedSequence generated = new SequenceGenerator(model.Model).Generate(slot, s_prompt, s_greedy with { MaxTokens = 100, ContextLength = isDeclared ? null : 9 });

        Assert.That(generated.End, Is.EqualTo(GenerationEnd.ContextFull));
        Assert.That(generated.Tokens, Has.Count.EqualTo(9 - s_prompt.Length + 1), "the token behind the last that fits is known as well");
    }

    [Test]
    public void Generate_BehindWhatTheModelCanTake_IsAnErrorWithTheModelsName([Values] bool hasCache)
    {
        using var model = new ServingModel(LlamaDecoder.Tiny.Create(hasCache));
        using AdapterSlot slot = model.Open();

        Assert.That(
            () => new SequenceGenerator(model.Model).Generate(slot, s_prompt, s_greedy with { MaxTokens = 100 }),
            Throws.TypeOf<InvalidInputException>().With.Message.Contains(model.Model.Name));
    }

    [TestCase(new int[0], "empty")]
    [TestCase(new[] { 1, 2, 3, 4, 5, 6 }, "has 6 tokens")]
    [TestCase(new[] { 1, -1 }, "Token 1 of the prompt is -1")]
    [TestCase(new[] { 40 }, "Token 0 of the prompt is 40")]
    public void Generate_APromptThatDoesNotFit_IsRefusedWithoutARun(int[] prompt, string message)
    {
        using var model = new ServingModel(LlamaDecoder.Tiny.Create(hasCache: false, length: 5));
        using AdapterSlot slot = model.Open();

        Assert.That(
            () => new SequenceGenerator(model.Model).Generate(slot, prompt, s_greedy, _ => Assert.Fail("a token")),
            Throws.TypeOf<InvalidInputException>().With.Message.Contains(message));
    }

    [Test]
    public void Generate_ALongerContextThanDeclared_IsRefused()
    {
        using var model = new ServingModel(LlamaDecoder.Tiny.Create(hasCache: false, length: 5));
        using AdapterSlot slot = model.Open();

        Assert.That(
            () => new SequenceGenerator(model.Model).Generate(slot, s_prompt, s_greedy with { ContextLength = 6 }),
            Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("takes 5 tokens"));
    }

    [Test]
    public void Generate_Cancelled_EndsBeforeTheNextToken([Values] bool hasCache)
    {
        using var model = new ServingModel(LlamaDecoder.Tiny.Create(hasCache));
        using AdapterSlot slot = model.Open();
        using var cancellation = new CancellationTokenSource();
        var generator = new SequenceGenerator(model.Model);
        var heard = new List<int>();
        void Hear(int token)
        {
            heard.Add(token);
            if (heard.Count == 3)
                cancellation.Cancel();
        }

        Assert.That(() => generator.Generate(slot, s_prompt, s_greedy, Hear, cancellation.Token), Throws.TypeOf<OperationCanceledException>());
        Assert.That(heard, Has.Count.EqualTo(3));
        Assert.That(() => generator.Generate(slot, s_prompt, s_greedy, Hear, cancellation.Token), Throws.TypeOf<OperationCanceledException>());
        Assert.That(heard, Has.Count.EqualTo(3));
    }

    [Test]
    public void Generate_AnAdapterPublishedInTheMiddle_ServesTheNextSequenceAndNotThisOne([Values] bool hasCache)
    {
        using var model = new ServingModel(LlamaDecoder.Tiny.Create(hasCache));
        var generator = new SequenceGenerator(model.Model);
        Adapter first = RandomAdapter.For(model.Model, 0.5, seed: 1), second = RandomAdapter.For(model.Model, 0.5, seed: 2);
        IReadOnlyList<int> ofFirst = Alone(model, generator, first), ofSecond = Alone(model, generator, second);
        Assert.That(ofSecond, Is.Not.EqualTo(ofFirst));
        using AdapterSlot slot = model.Open();
        slot.Publish(first);
        int tokens = 0;

        GeneratedSequence before = generator.Generate(slot, s_prompt, s_greedy, _ => slot.Publish(++tokens % 2 == 0 ? null : second));
        slot.Publish(second);
        GeneratedSequence after = generator.Generate(slot, s_prompt, s_greedy);

        Assert.That(before.Tokens, Is.EqualTo(ofFirst));
        Assert.That(before.Adapter, Is.SameAs(first));
        Assert.That(after.Tokens, Is.EqualTo(ofSecond));
        Assert.That(after.Adapter, Is.SameAs(second));
    }

    [Test]
    public void Generate_SlotAndModelDisposedInTheMiddle_FinishesTheSequenceAndBeginsNoOther([Values] bool isAdapted)
    {
        var model = new ServingModel(LlamaDecoder.Tiny.Create(hasCache: true));
        var generator = new SequenceGenerator(model.Model);
        AdapterSlot slot = model.Open();
        if (isAdapted)
            slot.Publish(RandomAdapter.For(model.Model));
        void Close(int token)
        {
            slot.Dispose();
            model.Dispose();
        }

        Assert.That(generator.Generate(slot, s_prompt, s_greedy, Close).Tokens, Has.Count.EqualTo(s_greedy.MaxTokens));
        Assert.That(() => generator.Generate(slot, s_prompt, s_greedy), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Generate_ACallbackThatThrows_EndsTheSequenceAndLetsGoOfTheSession()
    {
        using var model = new ServingModel(LlamaDecoder.Tiny.Create(hasCache: true));
        using AdapterSlot slot = model.Open();
        MergedSession session = model.Build(RandomAdapter.For(model.Model));
        slot.Swap(session);
        bool held = false;
        void Throw(int token)
        {
            slot.Publish(null);
            held = true;
            throw new InvalidOperationException("enough");
        }

        Assert.That(() => new SequenceGenerator(model.Model).Generate(slot, s_prompt, s_greedy, Throw), Throws.InvalidOperationException);
        Assert.That(held && !session.TryEnter(out _), Is.True, "the session was retired, and nobody holds it any more");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Generate_ADeviceThatIsLostInTheMiddle_GoesOnWithTheSameTokens(bool hasCache)
    {
        var fault = new SimulatedFault();
        using var model = new ServingModel(LlamaDecoder.Tiny.Create(hasCache), settings: new SessionSettings { Fault = fault });
        using AdapterSlot slot = model.Open();
        slot.Publish(RandomAdapter.For(model.Model));
        var generator = new SequenceGenerator(model.Model);
        GeneratedSequence undisturbed = generator.Generate(slot, s_prompt, s_drawn);
        int tokens = 0;

        GeneratedSequence disturbed = generator.Generate(slot, s_prompt, s_drawn, _ =>
        {
            if (++tokens == 5)
                fault.Arm();
        });

        Assert.That(disturbed.Tokens, Is.EqualTo(undisturbed.Tokens));
        Assert.That(model.HasLostDevice);
    }

    [Test, CancelAfter(60_000)]
    public void Generate_OnSeveralThreads_GivesEachTheTokensOfASequenceAlone(CancellationToken timeout)
    {
        using var model = new ServingModel(LlamaDecoder.Tiny.Create(hasCache: true));
        using AdapterSlot slot = model.Open();
        var generator = new SequenceGenerator(model.Model);
        string[] Texts(IEnumerable<int> seeds) => [.. seeds.Select(seed => string.Join(" ", generator.Generate(slot, s_prompt, s_drawn with { Seed = (ulong)seed }).Tokens))];
        string[] alone = Texts(Enumerable.Range(0, 20));

        Task<string[]>[] threads = [.. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() => Texts(Enumerable.Range(0, 20)), TaskCreationOptions.LongRunning))];
        Task.WaitAll(threads, timeout);

        foreach (Task<string[]> thread in threads)
            Assert.That(thread.Result, Is.EqualTo(alone));
    }

    private static IReadOnlyList<int> Alone(ServingModel model, SequenceGenerator generator, Adapter adapter)
    {
        using AdapterSlot slot = model.Open();
        slot.Publish(adapter);
        return generator.Generate(slot, s_prompt, s_greedy).Tokens;
    }

    private static int[] Likeliest(MergedSession session, int[] prompt, int count)
    {
        List<int> sequence = [.. prompt];
        while (sequence.Count < prompt.Length + count)
        {
            float[] logits = LastLogits(session, sequence);
            sequence.Add(Array.IndexOf(logits, logits.Max()));
        }

        return [.. sequence.Skip(prompt.Length)];
    }

    private static float[] LastLogits(MergedSession session, IReadOnlyList<int> sequence)
    {
        HostTensor tokens = HostTensor.From([.. sequence.Select(token => (long)token)], 1, sequence.Count);
        HostTensor logits = session.Run(new Dictionary<string, HostTensor> { ["input_ids"] = tokens })["logits"];
        int vocabulary = (int)logits.Shape[2];
        return logits.AsSpan<float>()[^vocabulary..].ToArray();
    }
}
