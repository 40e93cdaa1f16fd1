namespace LoraEdge.Training.Operators;

/// <summary>One axis to be resized.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="Size">Its size.</param>
/// <param name="Result">Its size afterwards.</param>
/// <param name="Scale">How much larger it becomes; the result's size is rounded down from this.</param>
/// <param name="Start">Where the part that is resized begins, 0 to 1 of the axis; only for tf_crop_and_resize.</param>
/// <param name="End">Where it ends.</param>
internal sealed record ResizeAxis(int Axis, long Size, long Result, float Scale, float Start = 0, float End = 1);
