using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>A model as ONNX Runtime on the CPU is given it when adapters are merged into its weights of float32.</summary>
internal sealed class PreparedModel
{
    /// <summary>Prepares it.</summary>
    /// <param name="frozen">The model.</param>
    /// <param name="merger">Knows what can be adapted in it.</param>
    /// <param name="shared">The weights that its sessions share.</param>
    public PreparedModel(OnnxModel frozen, WeightMerger merger, SharedWeights shared)
    {
        Initializer[] weights = [.. merger.Float32Weights];
        var names = new HashSet<string>(weights.Select(weight => weight.Name), StringComparer.Ordinal);
        Model = NativeSession.PreparedForCpu(frozen.WithInitializers(new Dictionary<string, float[]>(), names));
        Shared = [.. shared.Of(Model)];
        Model.ToBytes(out IReadOnlyDictionary<string, int> places);
        Adaptable = weights.Where(IsAsStored).ToDictionary(weight => weight.Name, weight => (places[weight.Name], (int)weight.Count), StringComparer.Ordinal);
        bool IsAsStored(Initializer weight) => places.ContainsKey(weight.Name) && weight.Data.Equals(Model.Graph.Initializers[weight.Name].Data);
    }

    /// <summary>The model.</summary>
    public OnnxModel Model { get; }

    /// <summary>What its sessions share where it is not adapted.</summary>
    public IReadOnlyList<Initializer> Shared { get; }

    /// <summary>The weights that adapters can be merged into, by name: where each begins in the model's bytes, and its number of elements.</summary>
    public IReadOnlyDictionary<string, (int Start, int Count)> Adaptable { get; }
}
