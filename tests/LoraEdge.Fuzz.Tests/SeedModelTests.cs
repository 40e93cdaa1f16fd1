using LoraEdge.Fuzz.Tests.Seeds;

namespace LoraEdge.Fuzz.Tests;

/// <summary>A model that fails before it is damaged would test nothing.</summary>
public sealed class SeedModelTests
{
    private const int Draws = 30;

    // Not all of them have a batch axis in front, which a record needs, so a training step is not among these.
    private static readonly string[] s_stages = ["parse", "layers", "fingerprint", "inputs", "execute", "differentiate", "open", "serve"];

    private static IEnumerable<string> Names => BuiltModels.All().Select(model => model.Name);

    [TestCaseSource(nameof(Names))]
    public void BuiltModel_ThatIsWhole_GoesThroughEveryStage(string name)
    {
        FuzzSeed seed = BuiltModels.All().First(model => model.Name == name);

        Assert.That(Enumerable.Range(0, Draws).SelectMany(draw => Passed(seed, new Random(draw))).Distinct(), Is.SupersetOf(s_stages));
    }

    private static List<string> Passed(FuzzSeed seed, Random random)
    {
        var passed = new List<string>();
        foreach ((string stage, Action run) in ModelCase.Stages(seed, random))
        {
            try
            {
                run();
                passed.Add(stage);
            }
            catch (LoraEdgeException)
            {
                // These inputs, or this objective, do not suit the model.
            }
        }

        return passed;
    }
}
