namespace LoraEdge.Fuzz.Tests.Cases;

internal sealed class WrongInputCase : IFuzzCase
{
    public string Run(Random random) => "";
}
