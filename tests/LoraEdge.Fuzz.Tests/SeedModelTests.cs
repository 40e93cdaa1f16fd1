using LoraEdge.Fuzz.Tests.Seeds;

namespace LoraEdge.Fuzz.Tests;

/// <summary>A model that fails before it is damaged would test nothing.</summary>
public sealed class SeedModelTests
{
    private static IEnumerable<string> Names => BuiltModels.All().Select(model => model.Name);

    [TestCaseSource(nameof(Names))]
    public void BuiltModel_ThatIsWhole_GoesThroughEveryStage(string name)
    {
        FuzzSeed seed = BuiltModels.All().First(model => model.Name == name);

        foreach ((string stage, Action run) in ModelCase.Stages(seed, new Random(4)))
            Assert.That(run, Throws.Nothing, stage);
    }
}
