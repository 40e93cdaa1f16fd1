using System.Text;
using Microsoft.ML.Tokenizers;

namespace LoraEdge.Plugin.Tests;

/// <summary>Text in, text out: the sample of docs/language-models.md, with a vocabulary of letters.</summary>
public sealed class TokenizerTests
{
    [Test]
    public void Generate_BetweenATokenizersTwoEnds_StreamsText()
    {
        using var host = new Host(LlamaDecoder.Tiny.Create(hasCache: true));
        using LoraEdgePlugin plugin = host.Load();
        using Profile player = plugin.OpenProfile("ada");
        Tokenizer tokenizer = Letters();
        var shown = new List<string>();

        IReadOnlyList<int> prompt = tokenizer.EncodeToIds("once");
        var story = new List<int>();
        GeneratedSequence generated = player.Generate(prompt, new GenerationOptions { Temperature = 0.8, TopP = 0.95, MaxTokens = 12 }, token =>
        {
            story.Add(token);
            shown.Add(tokenizer.Decode(story)!);
        });

        Assert.That(prompt, Is.EqualTo("once".Select(letter => letter - 'a')));
        Assert.That(shown, Has.Count.EqualTo(12));
        Assert.That(shown[^1], Is.EqualTo(string.Concat(generated.Tokens.Select(Letter))));
        Assert.That(shown.Zip(shown.Skip(1)), Is.All.Matches<(string Before, string After)>(pair => pair.After.StartsWith(pair.Before, StringComparison.Ordinal)));
    }

    private static char Letter(int token) => (char)(token < 26 ? 'a' + token : 'A' + token - 26);

    private static BpeTokenizer Letters()
    {
        string vocabulary = string.Join(",", Enumerable.Range(0, LlamaDecoder.Tiny.Tokens).Select(token => $"\"{Letter(token)}\":{token}"));
        return BpeTokenizer.Create(new MemoryStream(Encoding.UTF8.GetBytes($"{{{vocabulary}}}")), null);
    }
}
