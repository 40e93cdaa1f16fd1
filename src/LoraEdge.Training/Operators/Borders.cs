using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Adds constants around a tensor, or crops it.</summary>
internal static class Borders
{
    /// <summary>A tensor with constants before and behind the elements of its last axes.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="before">How many to add before the first element, one number for each of the last axes; negative crops.</param>
    /// <param name="after">The same behind the last element.</param>
    /// <param name="value">What is added.</param>
    public static Tensor Add(Tensor x, long[] before, long[] after, double value = 0)
    {
        if (before.Concat(after).All(count => count == 0))
            return x.alias();
        // libtorch wants the last axis first.
        long[] pads = [.. Enumerable.Range(1, before.Length).SelectMany(back => new[] { before[^back], after[^back] })];
        return nn.functional.pad(x, pads, PaddingModes.Constant, value);
    }

    /// <summary>The same with zeros taken away again.</summary>
    public static Tensor Crop(Tensor x, long[] before, long[] after) =>
        Add(x, [.. before.Select(count => -count)], [.. after.Select(count => -count)]);
}
