using LoraEdge;
using NUnit.Framework;
using Rival.Play;
using Rival.Policy;

namespace Rival.Tests.Play;

[TestFixture]
internal sealed class StyleTests
{
    [TestCaseSource(typeof(Style), nameof(Style.All))]
    public void Style_IsASmallAdapterOfTheShippedModel_AndNamesNoDevice(Style style)
    {
        Adapter adapter = AdapterFile.Load(style.Path);
        Assert.Multiple(() =>
        {
            Assert.That(adapter.Model, Is.EqualTo(PolicyModel.Load().Onnx.Fingerprint));
            Assert.That(adapter.Extensions, Is.Empty);
            Assert.That(new FileInfo(style.Path).Length, Is.LessThan(16 * 1024));
        });
    }

    [Test]
    public void Styles_AreFive_AndNamedOnce() =>
        Assert.That(Style.All.Select(style => style.Name).Distinct().Count(), Is.EqualTo(5));
}
