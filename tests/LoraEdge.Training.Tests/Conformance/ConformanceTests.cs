using LoraEdge.Training.Conformance;

namespace LoraEdge.Training.Tests.Conformance;

/// <summary>ONNX's own node tests. The list of passing cases is checked in and may only grow.</summary>
public sealed class ConformanceTests
{
    private const string UpdateVariable = "LORAEDGE_UPDATE_CONFORMANCE";
    private static readonly string s_list = Repository.PathOf("tests/LoraEdge.Training.Tests/Conformance/passing.txt");

    [Test]
    public void EveryConformanceCase_PassesOrIsRefusedByName_AndTheListOfPassingOnesOnlyGrows()
    {
        ConformanceCase[] cases = [.. ConformanceSuite.Run(TestData.Require("onnx-node"))];
        string[] passed = [.. cases.Where(one => one.Result == ConformanceResult.Passed).Select(one => one.Name)];
        TestContext.Out.WriteLine($"{passed.Length} of {cases.Length} passed");
        if (Environment.GetEnvironmentVariable(UpdateVariable) is not null)
            File.WriteAllLines(s_list, passed);

        Assert.Multiple(() =>
        {
            Assert.That(cases.Where(one => one.Result is ConformanceResult.Wrong or ConformanceResult.Failed).Select(Describe), Is.Empty);
            Assert.That(cases.Where(one => one.Result == ConformanceResult.Refused && !one.Operators.Any(name => one.Detail.Contains(name))).Select(Describe), Is.Empty, "every refusal names its operator");
            Assert.That(File.ReadAllLines(s_list).Except(passed), Is.Empty, "cases that passed before");
        });
    }

    private static string Describe(ConformanceCase one) => $"{one.Name} ({string.Join(", ", one.Operators)}): {one.Result}, {one.Detail}";
}
