using LoraEdge.Fuzz.Tests.Cases;
using LoraEdge.Fuzz.Tests.Seeds;

namespace LoraEdge.Fuzz.Tests;

/// <summary>A model that fails before it is damaged would test nothing.</summary>
public sealed class SeedModelTests
{
    private static IEnumerable<string> Names => BuiltModels.All().Select(model => model.Name);

    [TestCaseSource(nameof(Names))]
    public void BuiltModel_ThatIsWhole_IsExecutedAndServed(string name)
    {
        FuzzSeed seed = BuiltModels.All().First(model => model.Name == name);

        string outcome = ModelCase.Run(seed, seed.Model, new Random(4));

        Assert.That(outcome, Does.Contain(" executed").And.EndsWith(" served"));
    }
}
