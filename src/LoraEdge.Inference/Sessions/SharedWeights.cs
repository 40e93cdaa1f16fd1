using System.Runtime.InteropServices;
using LoraEdge.Onnx;
using Microsoft.ML.OnnxRuntime;
using OrtElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace LoraEdge.Inference;

/// <summary>
/// The frozen weights of a model, in memory once for all of its sessions on the CPU: these read them where the model holds them,
/// and what ONNX Runtime makes of them for its products is kept once as well. A session costs only the weights that were replaced
/// in it. Safe to use from several threads; released when the owner has closed it and the last session was disposed.
/// </summary>
internal sealed class SharedWeights
{
    // ONNX Runtime applies what is handed to a session after its optimizations, so the weight must still be what it was. These
    // inputs are never rewritten under their own name; others are, for example a constant that a Transpose is moved past.
    private static readonly HashSet<(string Op, int Slot)> s_readAsStored =
    [
        ("MatMul", 1), ("FusedMatMul", 1), ("Gemm", 1), ("Conv", 1), ("ConvTranspose", 1), ("Gather", 0),
        ("LSTM", 1), ("LSTM", 2), ("GRU", 1), ("GRU", 2), ("RNN", 1), ("RNN", 2), ("MatMulNBits", 1),
    ];

    private readonly OnnxModel _frozen;
    private readonly int _smallest;
    private readonly UseCount _uses;
    private readonly object _gate = new();
    private readonly Dictionary<string, OrtValue> _values = new(StringComparer.Ordinal);
    private readonly List<GCHandle> _pins = [];
    private PrePackedWeightsContainer? _packed;

    /// <summary>Pins nothing yet.</summary>
    /// <param name="frozen">The model.</param>
    /// <param name="smallest">Bytes from which on a weight is shared. Default: 4,096, since every shared one is pinned.</param>
    public SharedWeights(OnnxModel frozen, int smallest = 4096)
    {
        (_frozen, _smallest) = (frozen, smallest);
        _uses = new UseCount(Release);
    }

    /// <summary>How many weights are pinned now.</summary>
    public int Pinned => _pins.Count;

    /// <summary>Opens a session that shares what it can; one that shares nothing where the owner has closed this.</summary>
    /// <param name="bytes">The content of an <c>.onnx</c> file.</param>
    /// <param name="weights">What it shares, from <see cref="Of"/>.</param>
    /// <param name="options">Its options, for the CPU; changed.</param>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime refuses the model.</exception>
    public InferenceSession Open(byte[] bytes, IReadOnlyCollection<Initializer> weights, SessionOptions options)
    {
        if (weights.Count == 0 || !_uses.TryEnter())
            return new InferenceSession(bytes, options);
        try
        {
            foreach (Initializer weight in weights)
                options.AddInitializer(weight.Name, ValueOf(weight));
            return new SharingSession(bytes, options, Packed(), _uses.Leave);
        }
        catch
        {
            _uses.Leave();
            throw;
        }
    }

    /// <summary>The weights that a session of a model shares.</summary>
    /// <param name="model">The frozen model with other values in some weights, or other nodes.</param>
    public IEnumerable<Initializer> Of(OnnxModel model) => model.Graph.Initializers.Values.Where(weight =>
        IsFrozen(weight)
        && !model.Graph.IsOverridable(weight.Name)
        && model.Graph.Outputs.All(output => output.Name != weight.Name)
        && model.Graph.ConsumersOf(weight.Name).All(node => ReadsAsStored(node, weight.Name)));

    /// <summary>Ends the owner's use.</summary>
    public void Close() => _uses.Close();

    // The very same bytes, in a type that needs no conversion.
    private bool IsFrozen(Initializer weight) =>
        weight.DataType is OnnxDataType.Float or OnnxDataType.Float16 or OnnxDataType.BFloat16 or OnnxDataType.Int8 or OnnxDataType.UInt8
        && _frozen.Graph.Initializers.TryGetValue(weight.Name, out Initializer? original)
        && original.Data.Length >= _smallest
        && original.Data.Equals(weight.Data)
        && MemoryMarshal.TryGetArray(original.Data, out _);

    private static bool ReadsAsStored(OnnxNode node, string weight) =>
        !node.CapturedValues.Contains(weight)
        && node.Inputs.Select((input, slot) => (input, slot)).All(read => read.input != weight || s_readAsStored.Contains((node.OpType, read.slot)));

    private OrtValue ValueOf(Initializer weight)
    {
        lock (_gate)
        {
            if (_values.TryGetValue(weight.Name, out OrtValue? known))
                return known;
            MemoryMarshal.TryGetArray(weight.Data, out ArraySegment<byte> data);
            _pins.Add(GCHandle.Alloc(data.Array, GCHandleType.Pinned));

            // Both element types have the numbers of ONNX's TensorProto.DataType.
            return _values[weight.Name] = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, (OrtElementType)weight.DataType, weight.Dims, Marshal.UnsafeAddrOfPinnedArrayElement(data.Array!, data.Offset), data.Count);
        }
    }

    private PrePackedWeightsContainer Packed()
    {
        lock (_gate)
            return _packed ??= new PrePackedWeightsContainer();
    }

    private void Release()
    {
        _packed?.Dispose();
        foreach (OrtValue value in _values.Values)
            value.Dispose();
        foreach (GCHandle pin in _pins)
            pin.Free();
        _pins.Clear();
    }
}
