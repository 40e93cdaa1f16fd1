using LoraEdge.Inference;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>What an inference of a prepared call allocates.</summary>
/// <param name="Model">The model.</param>
/// <param name="AllocationPerInfer">Managed bytes an inference, over many after the first ones.</param>
/// <param name="Inferences">How many.</param>
/// <param name="Target">The most that it should be.</param>
internal sealed record AllocationCase(string Model, double AllocationPerInfer, int Inferences, double Target)
{
    private const int Measured = 1_000;
    private const int WarmUp = 50;

    /// <summary>Measures it on a profile with an adapter.</summary>
    public static AllocationCase Measure(ServedModel model)
    {
        using var host = new ServingHost(model);
        using Profile profile = host.Open("player");
        using InferenceCall call = profile.Prepare(host.Inputs);
        call.WarmUp(WarmUp);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Measured; i++)
            call.Run();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return new AllocationCase(model.Name, allocated / (double)Measured, Measured, Target: 0);
    }
}
