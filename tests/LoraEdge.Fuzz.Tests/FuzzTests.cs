namespace LoraEdge.Fuzz.Tests;

/// <summary>
/// Damaged models and wrong inputs, all the way: no process ends, nothing hangs or takes more than a gigabyte, and every
/// refusal is one of LoraEdge's errors. A case is tried again with <c>dotnet LoraEdge.Fuzz.Tests.dll models 1 INDEX 1</c>.
/// </summary>
public sealed class FuzzTests
{
    private const int Seed = 1;

    [TestCase("models", 1_500)]
    [TestCase("inputs", 500)]
    [TestCase("ranks", 500)]
    [TestCase("attached", 300)]
    public void AShareOfTheCases_IsRefusedWithATypedErrorOrRuns(string kind, int count) => Require(kind, count);

    [TestCase("models", 10_000)]
    [TestCase("inputs", 2_000)]
    [TestCase("ranks", 5_000)]
    [TestCase("attached", 5_000)]
    [Explicit("Takes many minutes.")]
    [Category("Full")]
    public void AllCases_AreRefusedWithATypedErrorOrRun(string kind, int count) => Require(kind, count);

    private static void Require(string kind, int count)
    {
        (IReadOnlyList<string> problems, string results) = new FuzzBatch(kind, Seed).Run(count);
        TestContext.Out.WriteLine($"{count} {kind}, seed {Seed}: {results}");
        Assert.That(problems, Is.Empty);
    }
}
