namespace LoraEdge;

/// <summary>A candidate against one rival.</summary>
/// <param name="Mean">Mean loss of the rival less mean loss of the candidate, in the objective's unit: above 0 the candidate is better; 0 without records.</param>
/// <param name="Evidence">
/// The e-value against "the candidate is no better": 1 at the start; that it ever reaches 1/a by chance has a probability of a
/// at most, however often one looks.
/// </param>
public readonly record struct Advantage(double Mean, double Evidence);
