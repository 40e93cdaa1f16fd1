namespace LoraEdge;

/// <summary>What the numbers of the objective's value are, on its last axis.</summary>
public enum ObjectiveForm
{
    /// <summary>Unnormalised scores; a softmax is applied.</summary>
    Logits,

    /// <summary>Natural logarithms of probabilities.</summary>
    LogProbabilities,

    /// <summary>Probabilities that sum to one.</summary>
    Probabilities,
}
