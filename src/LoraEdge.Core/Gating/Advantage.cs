namespace LoraEdge;

/// <summary>A candidate against one rival.</summary>
/// <param name="Mean">Mean loss of the rival less mean loss of the candidate, in the objective's unit: above 0 the candidate is better; 0 without records.</param>
/// <param name="Evidence">
/// Of log-losses the likelihood ratio, how many times as probable the candidate called what happened as the rival did; of others
/// an e-value against "the candidate is no better". 1 at the start; that it ever reaches 1/a although the rival is right has a
/// probability of a at most, however often one looks. Promotion takes more besides: docs/decisions/0013-gate.md.
/// </param>
public readonly record struct Advantage(double Mean, double Evidence);
