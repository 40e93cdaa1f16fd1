namespace LoraEdge.Fuzz.Tests.Cases;

/// <summary>A kind of case; each is its draws.</summary>
internal interface IFuzzCase
{
    /// <summary>Runs one case.</summary>
    /// <returns>What it was about and how far it came.</returns>
    /// <exception cref="UntypedErrorException">An error came out that is not LoraEdge's own.</exception>
    string Run(Random random);
}
