using LoraEdge.Fuzz.Tests.Running;

namespace LoraEdge.Fuzz.Tests.Cases;

/// <summary>How far a case came, and which error of LoraEdge's own ended which stage. Any other error ends the case.</summary>
/// <param name="name">What the case is about.</param>
internal sealed class Stages(string name)
{
    private readonly List<string> _reached = [];

    /// <summary>Runs a stage; whether it went through.</summary>
    public bool Try(string stage, Action run)
    {
        Console.WriteLine($"{CaseLoop.Stage} {name}, {stage}");
        try
        {
            run();
            _reached.Add(stage);
            return true;
        }
        catch (LoraEdgeException refusal)
        {
            _reached.Add($"{stage}:{refusal.GetType().Name}");
            if (Environment.GetEnvironmentVariable("LORAEDGE_FUZZ_VERBOSE") is not null)
                Console.Error.WriteLine($"    {stage}: {refusal.Message}");
            return false;
        }
        catch (Exception error)
        {
            throw new UntypedErrorException($"{name}, {stage}: {error}".Replace("\n", " | "), error);
        }
    }

    /// <inheritdoc />
    public override string ToString() => $"[{name}] {string.Join(" ", _reached)}";
}
