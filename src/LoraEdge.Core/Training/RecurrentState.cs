namespace LoraEdge;

/// <summary>
/// One state that a model carries from step to step, as a recurrent policy does: what it computes as an output at one step is
/// what it reads as an input at the next. Zeros at the first.
/// </summary>
/// <param name="Input">
/// Name of the model's input, for example <c>recurrent_in</c>. Training fills it in itself, so records are without it. One of
/// its axes is the batch: the one that the model leaves open, or where it leaves none open the first of size 1.
/// </param>
/// <param name="Output">Name of the model's output of the same type and shape, for example <c>recurrent_out</c>.</param>
public sealed record RecurrentState(string Input, string Output);
