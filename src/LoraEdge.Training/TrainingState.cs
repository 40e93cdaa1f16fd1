namespace LoraEdge.Training;

/// <summary>
/// What a training has become after some steps. It goes on from here to the same numbers: the sampler has drawn one batch a
/// step, and the optimizer has made one move a step.
/// </summary>
/// <param name="Counters">How far it is.</param>
/// <param name="Clamped">How often the trust region had something to bring back.</param>
/// <param name="GradientScale">Factor on all gradients.</param>
/// <param name="Evaluation">The evaluation that is under way, or null.</param>
/// <param name="Values">The parameters.</param>
/// <param name="Best">Those of the best version.</param>
/// <param name="First">The optimizer's running mean of each gradient.</param>
/// <param name="Second">The optimizer's running mean of each squared gradient.</param>
internal sealed record TrainingState(
    TrainingCounters Counters, long Clamped, double GradientScale, HeldOutSums? Evaluation, float[][] Values, float[][] Best, float[][] First, float[][] Second);
