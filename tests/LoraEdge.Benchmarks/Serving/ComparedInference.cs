using System.Diagnostics;
using LoraEdge.Inference;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>A prepared inference whose output is compared, after every run, with what each adapter alone computes.</summary>
/// <param name="call">The call.</param>
/// <param name="expected">The output of each adapter.</param>
internal sealed class ComparedInference(InferenceCall call, IReadOnlyList<byte[]> expected)
{
    /// <summary>Runs that threw.</summary>
    public int Failures { get; private set; }

    /// <summary>Runs whose output is none of the adapters', bit for bit.</summary>
    public int Mixed { get; private set; }

    /// <summary>What an adapter computes on a session of its own.</summary>
    public static byte[] Expected(ServingModel serving, ServedModel model, Adapter adapter)
    {
        using AdapterSlot slot = serving.Open();
        slot.Publish(adapter);
        using InferenceCall call = slot.Prepare(model.Inputs(1));
        call.Run();
        return [.. call.Outputs.First().Value.Bytes];
    }

    /// <summary>Runs it.</summary>
    /// <returns>How long it took, without the comparison.</returns>
    public TimeSpan Run()
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            call.Run();
        }
        catch (Exception error) when (error is LoraEdgeException or ObjectDisposedException)
        {
            Failures++;
            return Stopwatch.GetElapsedTime(start);
        }

        TimeSpan took = Stopwatch.GetElapsedTime(start);
        ReadOnlySpan<byte> output = call.Outputs.First().Value.Bytes;
        bool isOne = false;
        foreach (byte[] one in expected)
            isOne |= output.SequenceEqual(one);
        Mixed += isOne ? 0 : 1;
        return took;
    }
}
