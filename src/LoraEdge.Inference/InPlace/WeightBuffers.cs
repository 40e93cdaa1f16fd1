using LoraEdge.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>Memory for one set of merged weights, which the runs of a session are fed.</summary>
internal sealed class WeightBuffers : IDisposable
{
    /// <summary>Takes the memory.</summary>
    /// <param name="weights">The frozen weights, of float32.</param>
    public WeightBuffers(IReadOnlyList<Initializer> weights)
    {
        float[][] memory = [.. weights.Select(weight => new float[weight.Count])];
        Values = Enumerable.Range(0, memory.Length).ToDictionary(i => weights[i].Name, i => memory[i].AsMemory(), StringComparer.Ordinal);
        Feed = new Feed([.. weights.Select(weight => weight.Name)], [.. weights.Select((weight, i) => OrtValue.CreateTensorValueFromMemory(memory[i], weight.Dims))]);
    }

    /// <summary>The weights by name, row-major as the model stores them; written while no run reads them.</summary>
    public IReadOnlyDictionary<string, Memory<float>> Values { get; }

    /// <summary>What a run is fed.</summary>
    public Feed Feed { get; }

    /// <summary>Releases the memory to the garbage collector.</summary>
    public void Dispose()
    {
        foreach (OrtValue value in Feed.Values)
            value.Dispose();
    }
}
