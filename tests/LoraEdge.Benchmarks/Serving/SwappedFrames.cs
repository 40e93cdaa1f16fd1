using LoraEdge.Benchmarks.Frames;
using LoraEdge.Inference;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>
/// A loop of 60 Hz with one inference a frame, while a thread of the priority that the plugin's has exchanges two adapters: in
/// blocks, each followed by as many frames without swaps, and by as many beside a program of idle priority that only counts.
/// </summary>
/// <param name="Swapping">Times of inferences while adapters were swapped.</param>
/// <param name="Undisturbed">Those while none was.</param>
/// <param name="Control">Those beside the program that counts; null where the system cannot start one.</param>
/// <param name="Failures">Inferences that threw.</param>
/// <param name="Mixed">Inferences whose output is not, bit for bit, that of one of the two adapters.</param>
internal sealed record SwappedFrames(FrameTimes Swapping, FrameTimes Undisturbed, FrameTimes? Control, int Failures, int Mixed)
{
    private const int SwapsPerBlock = 10;

    // Small models are built within a few milliseconds: without a pause a block would be over before it has frames to speak of.
    private static readonly TimeSpan s_swapInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>99th percentile of an inference's time while adapters are swapped, over that while none is.</summary>
    public double P99Ratio => Swapping.P99 / Undisturbed.P99;

    /// <summary>The same beside the program that counts: what the machine makes of any second busy processor.</summary>
    public double? ControlP99Ratio => Control?.P99 / Undisturbed.P99;

    /// <summary>Measures it.</summary>
    /// <param name="server">Serves the model as the plugin does.</param>
    /// <param name="adapters">Adapters of it.</param>
    /// <param name="model">The model and its inputs.</param>
    /// <param name="swaps">Number of swaps.</param>
    public static SwappedFrames Measure(AdapterServer server, MadeUpAdapters adapters, ServedModel model, int swaps)
    {
        Adapter[] both = [adapters.Of(1), adapters.Of(2)];
        using AdapterSlot slot = server.Open();
        slot.Publish(both[0]);
        using InferenceCall call = slot.Prepare(model.Inputs(1));
        var inference = new ComparedInference(call, [.. both.Select(adapter => ComparedInference.Expected(server.Model, model, adapter))]);
        List<TimeSpan> swapping = [], undisturbed = [], control = [];
        for (int done = 0; done < swaps; done += SwapsPerBlock)
        {
            using var builder = new SwapThread(slot, both, Math.Min(SwapsPerBlock, swaps - done), s_swapInterval);
            FrameLoop.Run(() => builder.IsRunning, () => swapping.Add(inference.Run()));
            FrameLoop.Run(() => undisturbed.Count < swapping.Count, () => undisturbed.Add(inference.Run()));
            using IdleLoad? load = IdleLoad.Start();
            FrameLoop.Run(() => load is not null && control.Count < swapping.Count, () => control.Add(inference.Run()));
        }

        return new SwappedFrames(FrameTimes.Of(swapping), FrameTimes.Of(undisturbed), control.Count > 0 ? FrameTimes.Of(control) : null, inference.Failures, inference.Mixed);
    }
}
