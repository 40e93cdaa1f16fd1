using System.IO.Hashing;
using System.Text;

namespace LoraEdge.Benchmarks.Gate;

/// <summary>Who is who among the people of rock, paper, scissors.</summary>
/// <param name="Known">Those from whom the base model and its projection learn.</param>
/// <param name="Test">Those on whom is reported: unknown to the base, and to whoever chose the defaults of adaptation.</param>
internal sealed record RpsPeople(IReadOnlyList<RpsPerson> Known, IReadOnlyList<RpsPerson> Test)
{
    /// <summary>Rounds that an ungated candidate is trained on; the later ones tell whether it helps.</summary>
    public const int TrainedRounds = 200;

    private const string File = "rps/rounds.csv";

    /// <summary>Reads them. In a file that was given everybody is for the test, and unknown to the base.</summary>
    public static RpsPeople Read(BenchmarkData data)
    {
        IReadOnlyList<RpsPerson> own = RpsPerson.Read(Path.Combine(data.Shared, File));
        string path = data.File(File);
        IReadOnlyList<RpsPerson> test = data.IsShared(path) ? [.. own.Where(person => person.IsHeldOut && !IsForTuning(person))] : RpsPerson.Read(path);
        HashSet<string> tested = [.. test.Select(person => person.Id)];
        return new RpsPeople([.. own.Where(person => !person.IsHeldOut && !tested.Contains(person.Id))], test);
    }

    /// <summary>Whether a held-out person was used to choose defaults: every other one, by the id alone.</summary>
    public static bool IsForTuning(RpsPerson person) => XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(person.Id)) / 3 % 2 == 0;
}
