namespace LoraEdge.Training;

/// <summary>How far an evaluation is.</summary>
/// <param name="Batches">Batches that were scored.</param>
/// <param name="Losses">Sum of their losses, weighted.</param>
/// <param name="Weights">Sum of the weights of all that carries a target.</param>
internal readonly record struct HeldOutSums(int Batches, double Losses, double Weights);
