using LoraEdge.Benchmarks.Frames;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>What swapping costs on one model, one row a run.</summary>
/// <param name="Model">The model.</param>
/// <param name="Tokens">Tokens of the row; null for a model without.</param>
/// <param name="SwapOverCreate">From a trained adapter to the first inference with it, over opening a plain session and one inference: the median.</param>
/// <param name="Low">Lower end of its 95% interval.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Pairs">Pairs of timings.</param>
/// <param name="SwapTarget">The most that the ratio should be.</param>
/// <param name="Swaps">Swaps while the loop ran.</param>
/// <param name="Failures">Inferences that threw.</param>
/// <param name="Mixed">Inferences whose output is not, bit for bit, that of one of the two adapters.</param>
/// <param name="P99Ratio">99th percentile of an inference's time while adapters are swapped, over that while none is.</param>
/// <param name="ControlP99Ratio">The same while nothing is swapped and a program of idle priority counts; null where the system cannot start one.</param>
/// <param name="P99Target">The most that it should be.</param>
/// <param name="Swapping">Times of inferences while adapters were swapped.</param>
/// <param name="Undisturbed">Those while none was.</param>
internal sealed record SwapCase(
    string Model, int? Tokens, double SwapOverCreate, double Low, double High, int Pairs, double SwapTarget,
    int Swaps, int Failures, int Mixed, double P99Ratio, double? ControlP99Ratio, double P99Target, FrameTimes Swapping, FrameTimes Undisturbed)
{
    /// <inheritdoc />
    public override string ToString() => FormattableString.Invariant(
        $"{Model,-14} swap over create {SwapOverCreate:F3} ({Low:F3} to {High:F3}, {Pairs} pairs); {Swaps} swaps: {Failures} failed, {Mixed} mixed of {Swapping.Frames}; p99 {Swapping.P99:F2} ms over {Undisturbed.P99:F2} ms is {P99Ratio:F2}, beside a counter {ControlP99Ratio:F2}");
}
