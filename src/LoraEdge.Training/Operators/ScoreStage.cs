namespace LoraEdge.Training.Operators;

/// <summary>How far the scores of attention are computed.</summary>
internal enum ScoreStage
{
    /// <summary>Products of queries and keys, scaled.</summary>
    Products,

    /// <summary>Bounded by the softcap.</summary>
    Capped,

    /// <summary>With the mask.</summary>
    Masked,

    /// <summary>After the softmax: the share of each value.</summary>
    Shares,
}
