namespace LoraEdge.Plugin.Tests;

/// <summary>A language model in a host: sequences of a profile, against its plain inference.</summary>
public sealed class GenerationTests
{
    private static readonly GenerationOptions s_greedy = new() { Temperature = 0, MaxTokens = 24, ContextLength = 256 };

    [Test]
    public void Generate_WithStories15M_EqualsALoopOverInfer()
    {
        using LoraEdgePlugin plugin = Stories();
        using Profile profile = plugin.OpenProfile("ada");
        int[] prompt = [1, 9038, 2501, 263, 931];   // "Once upon a time"
        var generated = new List<int>();

        GeneratedSequence plain = profile.Generate(prompt, s_greedy, generated.Add);

        Assert.That(plain.Tokens, Is.EqualTo(Likeliest(profile, prompt, s_greedy.MaxTokens)).And.EqualTo(generated));
        Assert.That((plain.End, plain.Adapter), Is.EqualTo((GenerationEnd.MaxTokens, (Adapter?)null)));
    }

    [Test]
    public void Generate_ForAProfileWithAnAdapter_UsesIt()
    {
        using var host = new Host(LlamaDecoder.Tiny.Create(hasCache: false));
        Adapter adapter = RandomAdapter.For(host.Model, 0.5);
        string path = Path.Combine(host.Storage, "profiles", "ada", "devices", "premade.lora");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AdapterFile.Save(adapter, path);
        using LoraEdgePlugin plugin = host.Load();
        using Profile adapted = plugin.OpenProfile("ada"), other = plugin.OpenProfile("bob");
        GenerationOptions options = s_greedy with { MaxTokens = 15, ContextLength = null };

        GeneratedSequence generated = adapted.Generate([3, 17, 8], options);

        Assert.That(generated.Adapter, Is.SameAs(adapted.Adapter).And.Not.Null);
        Assert.That(generated.Tokens, Is.EqualTo(Likeliest(adapted, [3, 17, 8], options.MaxTokens)));
        Assert.That(generated.Tokens, Is.Not.EqualTo(other.Generate([3, 17, 8], options).Tokens));
    }

    [Test]
    public void Generate_WithAPolicy_SaysWhatIsMissing()
    {
        using var host = new Host();
        using LoraEdgePlugin plugin = host.Load();
        using Profile profile = plugin.OpenProfile("ada");

        Assert.That(() => profile.Generate([1]), Throws.TypeOf<ModelFormatException>().With.Message.Contains("'input_ids'"));
    }

    [Test]
    public void Generate_AfterDispose_SaysSo()
    {
        using var host = new Host(LlamaDecoder.Tiny.Create(hasCache: false));
        using LoraEdgePlugin plugin = host.Load();
        Profile profile = plugin.OpenProfile("ada");
        profile.Dispose();

        Assert.That(() => profile.Generate([1]), Throws.TypeOf<ObjectDisposedException>());
    }

    private static LoraEdgePlugin Stories() => LoraEdgePlugin.Load(new LoraEdgeOptions
    {
        ModelPath = TestData.Require("models/stories15M/stories15M.onnx"),
        Objective = new Objective { ValueName = "logits" },
    });

    private static int[] Likeliest(Profile profile, int[] prompt, int count)
    {
        List<long> sequence = [.. prompt.Select(token => (long)token)];
        while (sequence.Count < prompt.Length + count)
        {
            HostTensor logits = profile.Infer(new Dictionary<string, HostTensor> { ["input_ids"] = HostTensor.From([.. sequence], 1, sequence.Count) })["logits"];
            float[] last = logits.AsSpan<float>()[^(int)logits.Shape[2]..].ToArray();
            sequence.Add(Array.IndexOf(last, last.Max()));
        }

        return [.. sequence.Skip(prompt.Length).Select(token => (int)token)];
    }
}
