using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using NUnit.Framework;
using Rival.Play.Web;

namespace Rival.Tests.Play;

/// <summary>The integration is the documentation: what is quoted of it, and linked to, is what runs.</summary>
[TestFixture]
internal sealed partial class DocumentationTests
{
    private static readonly string s_root = Path.GetFullPath(Path.Combine(TestContext.CurrentContext.TestDirectory, "..", "..", "..", "..", ".."));

    [Test]
    public void Integration_IsShortEnoughToBeRead() =>
        Assert.That(File.ReadAllLines(Path.Combine(s_root, "sample-host", "Play", "RivalIntegration.cs")), Has.Length.LessThan(150));

    [Test]
    public void Readme_QuotesTheHostAsItIs()
    {
        string readme = File.ReadAllText(Path.Combine(s_root, "README.md"));
        MatchCollection quotes = Quote().Matches(readme);
        Assert.That(quotes, Is.Not.Empty);
        foreach (Match quote in quotes)
            Assert.That(Dedented(File.ReadAllText(Path.Combine(s_root, quote.Groups["file"].Value))), Does.Contain(Dedented(quote.Groups["code"].Value).Trim()));
    }

    [Test]
    public void HowItWorks_LinksToLinesThatAreThere()
    {
        if (PageFiles.Find("/how.html") is not { } how)
        {
            Assert.Ignore("The page is not in this build.");
            return;
        }

        MatchCollection links = Link().Matches(Encoding.UTF8.GetString(how.Content));
        Assert.That(links, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            foreach (Match link in links)
            {
                string source = File.ReadAllText(Path.Combine(s_root, "sample-host", link.Groups["file"].Value));
                Assert.That(source, Does.Contain(WebUtility.HtmlDecode(link.Groups["marker"].Value)), link.Groups["file"].Value);
                Assert.That(PageFiles.Find($"/source/{link.Groups["file"].Value}"), Is.Not.Null, link.Groups["file"].Value);
            }
        });
    }

    /// <summary>Indentation is the quote's own.</summary>
    private static string Dedented(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()));

    [GeneratedRegex(@"<!-- (?<file>sample-host/\S+\.cs) -->\s*```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Quote();

    [GeneratedRegex("data-file=\"(?<file>[^\"]+)\"\\s+data-marker=\"(?<marker>[^\"]+)\"")]
    private static partial Regex Link();
}
