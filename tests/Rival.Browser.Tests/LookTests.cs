using NUnit.Framework;
using OpenQA.Selenium;

namespace Rival.Browser.Tests;

/// <summary>Pictures of the page, kept with the test's results to be looked at.</summary>
[TestFixture]
internal sealed class LookTests : BrowserTest
{
    [Test]
    public void Page_FitsItsWidth(
        [Values("light", "dark")] string scheme,
        [Values("1280x720", "390x844")] string size)
    {
        int[] sides = size.Split('x').Select(int.Parse).ToArray();
        Driver.ExecuteCdpCommand("Emulation.setDeviceMetricsOverride", new Dictionary<string, object?> { ["width"] = sides[0], ["height"] = sides[1], ["deviceScaleFactor"] = 1, ["mobile"] = false });
        Driver.ExecuteCdpCommand("Emulation.setEmulatedMedia", new Dictionary<string, object?> { ["features"] = new object[] { new Dictionary<string, object?> { ["name"] = "prefers-color-scheme", ["value"] = scheme } } });
        Page.PlaySan("e4");
        Page.UntilMoves(2);
        Page.Click("#tab-styles");
        Page.Click("[data-style=tal]");
        Page.Until("arrows of the adapter", () => Page.Texts(".arrow.adapted").Count > 0);

        Driver.ExecuteScript("scrollTo(0, 0)");
        Keep($"rival-{size}-{scheme}.png");
        Assert.Multiple(() =>
        {
            Assert.That(Driver.ExecuteScript("return document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(sides[0]));
            Assert.That(Driver.ExecuteScript("return matchMedia('(prefers-color-scheme: dark)').matches"), Is.EqualTo(scheme == "dark"));
        });
    }

    private void Keep(string name)
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, name);
        ((ITakesScreenshot)Driver).GetScreenshot().SaveAsFile(path);
        TestContext.AddTestAttachment(path);
    }
}
