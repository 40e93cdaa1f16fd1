using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// An ONNX model in memory: read, checked, indexed, and written back. Immutable and safe to share between threads. Parts of
/// the file that LoraEdge has no use for are kept and written back. Calls of the model's own functions are replaced by the
/// functions' nodes as it is read, so that everything works on plain nodes and the bytes written back hold no functions.
/// </summary>
public sealed class OnnxModel
{
    private readonly ModelProto _proto;
    private readonly Lazy<ModelFingerprint> _fingerprint;

    private OnnxModel(ModelProto proto, string name)
    {
        _proto = proto;
        Name = name;
        Opsets = OpsetImports.Read(proto.OpsetImport, proto.IrVersion, name);
        Graph = new OnnxGraph(proto.Graph, name, initializersAreConstant: proto.IrVersion < 4);
        OpsetImports.CheckDomains(Graph, Opsets, name);
        OmittedInputs.Check(Graph, name);
        NodeLimits.Check(Graph, name);
        _fingerprint = new(() => CanonicalForm.Fingerprint(Graph, Opsets));
    }

    private OnnxModel(OnnxModel original, ModelProto proto, OnnxGraph graph)
    {
        _proto = proto;
        Name = original.Name;
        Opsets = original.Opsets;
        Graph = graph;
        _fingerprint = new(() => CanonicalForm.Fingerprint(Graph, Opsets));
    }

    /// <summary>File name of the model, or the name it was parsed under. For messages.</summary>
    public string Name { get; }

    /// <summary>Version of the file format (<c>ir_version</c>).</summary>
    public long IrVersion => _proto.IrVersion;

    /// <summary>Version of every imported operator set by domain. ONNX's own domain is the empty string, also where the file spells it <c>ai.onnx</c>.</summary>
    public IReadOnlyDictionary<string, long> Opsets { get; }

    /// <summary>The model's main graph.</summary>
    public OnnxGraph Graph { get; }

    /// <summary>SHA-256 over what the model computes (see <c>docs/decisions</c>): every initializer, and the nodes that its outputs need. Computed once, when first asked for.</summary>
    public ModelFingerprint Fingerprint => _fingerprint.Value;

    /// <summary>Reads a model from disk, with the external data beside it.</summary>
    /// <param name="path">Path of the <c>.onnx</c> file, at most 2 GB.</param>
    /// <exception cref="ModelFormatException">The file is missing, truncated, not ONNX, or breaks ONNX's rules.</exception>
    public static OnnxModel Load(string path)
    {
        byte[] bytes = ModelFile.Read(path);
        return Parse(bytes, Path.GetFileName(path), Path.GetDirectoryName(Path.GetFullPath(path)));
    }

    /// <summary>Reads a model from memory.</summary>
    /// <param name="bytes">The content of an <c>.onnx</c> file; not kept.</param>
    /// <param name="name">What to call the model in messages.</param>
    /// <param name="folder">Where external data may be read from; null refuses models that have any.</param>
    /// <exception cref="ModelFormatException">The bytes are truncated, not ONNX, or break ONNX's rules.</exception>
    public static OnnxModel Parse(byte[] bytes, string name, string? folder = null) => new(ModelReader.Read(bytes, name, folder), name);

    /// <summary>The model as the content of an <c>.onnx</c> file, with all tensors inline and the nodes in execution order.</summary>
    /// <exception cref="ModelFormatException">The model takes more than 2 GB, which the format cannot hold in one file.</exception>
    public byte[] ToBytes()
    {
        long length = ModelFile.LengthOf(_proto);
        return length <= TensorLayout.MaxBytes
            ? _proto.ToByteArray()
            : throw new ModelFormatException($"{Name} takes {length} bytes in one file, but ONNX allows no more than 2 GB. Use a smaller model, or float16 weights.");
    }

    /// <summary>The same, and where in it the elements of initializers lie, so that others can be written in their place.</summary>
    /// <param name="places">Index of the first byte, by the name of each initializer that the file stores raw; none of those in typed fields.</param>
    /// <exception cref="ModelFormatException">The model takes more than 2 GB.</exception>
    public byte[] ToBytes(out IReadOnlyDictionary<string, int> places)
    {
        byte[] bytes = ToBytes();
        places = InitializerPlaces.Find(bytes, Graph.Initializers);
        return bytes;
    }

    /// <summary>The content of an <c>.onnx</c> file with other values in some initializers; shorthand for <see cref="WithInitializers"/> and <see cref="ToBytes()"/>.</summary>
    /// <param name="replaced">New values, row-major, by initializer name.</param>
    /// <exception cref="ArgumentException">A name or a length does not fit the model.</exception>
    /// <exception cref="ModelFormatException">The model takes more than 2 GB.</exception>
    public byte[] ToBytes(IReadOnlyDictionary<string, float[]> replaced) => WithInitializers(replaced).ToBytes();

    /// <summary>Writes the model to a file, whole or not at all: to a temporary file beside it, which then takes its place.</summary>
    /// <param name="path">Where to; an existing file is replaced.</param>
    /// <exception cref="ModelFormatException">The model takes more than 2 GB.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing one is left as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of permission.</exception>
    public void Save(string path) => ModelFile.Replace(path, ToBytes());

    /// <summary>The same model with other values in some weights. Everything else is shared with this one, which does not change.</summary>
    /// <param name="replaced">
    /// New values, row-major, by the name of an initializer, or of the output of a Constant node. They are rounded once, to
    /// nearest even, to the element type the model stores: float32, float16 or bfloat16.
    /// </param>
    /// <param name="asFloat32">
    /// Names of those that are stored as float32 whatever the model stores; for weights that the graph casts to float32 anyway.
    /// </param>
    /// <exception cref="ArgumentException">No such weight, one of another element type, or another number of values.</exception>
    public OnnxModel WithInitializers(IReadOnlyDictionary<string, float[]> replaced, ISet<string>? asFloat32 = null)
    {
        var initializers = Graph.Initializers.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        var constants = new Dictionary<string, Initializer>(StringComparer.Ordinal);
        foreach (KeyValuePair<string, float[]> entry in replaced)
        {
            Initializer tensor = ReplacedInitializer.Of(Graph.ConstantOf(entry.Key), entry.Key, entry.Value, asFloat32?.Contains(entry.Key) == true, Name);
            (initializers.ContainsKey(entry.Key) ? initializers : constants)[entry.Key] = tensor;
        }

        ModelProto proto = CopyOfOuterMessages();
        for (int i = 0; i < proto.Graph.Initializer.Count; i++)
            proto.Graph.Initializer[i] = initializers[proto.Graph.Initializer[i].Name].Proto;
        if (asFloat32?.Count > 0)
            GraphEdit.ForgetTypes(proto.Graph, asFloat32);
        if (constants.Count == 0)
            return new OnnxModel(this, proto, new OnnxGraph(Graph, initializers));
        GraphEdit.ReplaceConstants(proto.Graph, constants);
        return new OnnxModel(proto, Name);
    }

    /// <summary>
    /// The same model with the change of some layers as nodes beside them: <c>alpha * s * (x*A^T) * B^T</c> is added to the result
    /// of every node that uses the weight. For weights stored as integers, which cannot take a small change themselves.
    /// </summary>
    /// <param name="branches">The layers, found in this model or in one of the same nodes, and their factors.</param>
    /// <exception cref="ArgumentException">A layer has a use that a branch cannot stand beside.</exception>
    public OnnxModel WithBranches(IReadOnlyCollection<LayerBranch> branches)
    {
        if (branches.Count == 0)
            return this;
        ModelProto proto = CopyOfOuterMessages();
        var edit = new BranchEdit(proto.Graph);
        foreach (LayerBranch branch in branches)
            edit.Add(branch.Layer, branch.A, new ConstantFactor(edit.Nodes, branch));
        edit.Finish();
        return new OnnxModel(proto, Name);
    }

    /// <summary>
    /// The same model with a branch beside some layers whose B is fed: a table of many players' B for each layer, and for each
    /// row of the batch the player whose B it is served with.
    /// </summary>
    /// <param name="layers">The layers, found in this model, and their A.</param>
    /// <param name="rank">Rank r of every A.</param>
    /// <exception cref="ArgumentException">A layer has a use that a branch cannot stand beside; <see cref="AttachedModel.Objection"/> tells before.</exception>
    public AttachedModel WithTables(IReadOnlyList<LayerProjection> layers, int rank)
    {
        ModelProto proto = CopyOfOuterMessages();
        var edit = new BranchEdit(proto.Graph, Graph);
        var tables = new TableInputs(edit.Nodes, new BatchRows(Graph), rank);
        for (int i = 0; i < layers.Count; i++)
            edit.Add(layers[i].Layer, layers[i].A, new TableFactor(edit.Nodes, tables, layers[i].Layer, i));
        edit.Finish();
        return new AttachedModel(new OnnxModel(proto, Name), tables.Players, tables.Tables);
    }

    /// <summary>The same model with some weights as inputs, which are then fed with every run: nothing that a runtime optimizes beforehand can hold their values.</summary>
    /// <param name="weights">Names of initializers of float32; each once.</param>
    /// <exception cref="ArgumentException">There is no such initializer, or it is of another type.</exception>
    public OnnxModel WithWeightsAsInputs(IReadOnlyCollection<string> weights)
    {
        ModelProto proto = CopyOfOuterMessages();
        proto.Graph.Initializer.Clear();
        proto.Graph.Initializer.AddRange(_proto.Graph.Initializer.Where(tensor => !weights.Contains(tensor.Name)));
        foreach (string name in weights)
        {
            if (!Graph.Initializers.TryGetValue(name, out Initializer? weight) || weight.DataType != OnnxDataType.Float)
                throw new ArgumentException($"{Name} has no initializer of float32 named '{name}'.", nameof(weights));
            if (proto.Graph.Input.All(input => input.Name != name))
                proto.Graph.Input.Add(GraphBuilder.Declare(name, TensorElementType.Float32, [.. weight.Dims.Select(size => (Dimension)size)]));
        }

        return new OnnxModel(proto, Name);
    }

    /// <summary>The same model with other outputs: whatever values one wants to look at, internal ones included.</summary>
    /// <param name="values">Names of values that nodes compute, or of present outputs; each once. They alone are the outputs.</param>
    /// <exception cref="ArgumentException">No node computes such a value, or it is named twice.</exception>
    /// <remarks>An internal value is declared without a type, which runtimes infer. The fingerprint is another one when fewer nodes are needed.</remarks>
    public OnnxModel WithOutputs(IReadOnlyList<string> values)
    {
        if (values.Distinct(StringComparer.Ordinal).Count() != values.Count)
            throw new ArgumentException($"A value is named twice: {string.Join(", ", values)}.", nameof(values));
        ModelProto proto = CopyOfOuterMessages();
        Dictionary<string, ValueInfoProto> declared = _proto.Graph.Output.ToDictionary(output => output.Name, StringComparer.Ordinal);
        proto.Graph.Output.Clear();
        foreach (string value in values)
        {
            if (!declared.ContainsKey(value) && Graph.ProducerOf(value) is null)
                throw new ArgumentException($"{Name} computes no value named '{value}'.", nameof(values));
            proto.Graph.Output.Add(declared.GetValueOrNull(value) ?? new ValueInfoProto { Name = value });
        }

        return new OnnxModel(proto, Name);
    }

    /// <summary>
    /// The same model for ONNX Runtime, some of whose kernels end the process when an input has fewer axes than they index, or
    /// when the smallest integer is divided by -1. What follows from the model was checked when it was read. Where it does not,
    /// nodes are put before the kernel that pass every other tensor on, and fail with an error on such a one.
    /// </summary>
    public OnnxModel WithKernelGuards()
    {
        if (KernelGuards.Add(_proto.Graph, Graph, new ValueRanks(Graph, Graph.Inputs), new ValueTypes(Graph)) is not { } guarded)
            return this;
        ModelProto proto = CopyOfOuterMessages();
        proto.Graph = guarded;
        return new OnnxModel(proto, Name);
    }

    /// <summary>The same model for ONNX Runtime on the CPU: products with a transposed float32 weight read the weight as it is stored (com.microsoft's FusedMatMul).</summary>
    public OnnxModel WithTransposedProducts()
    {
        ModelProto proto = CopyOfOuterMessages();
        return TransposedProducts.Fuse(proto, Graph) ? new OnnxModel(proto, Name) : this;
    }

    // MergeFrom adds references to the elements of repeated fields and carries unknown fields along.
    private ModelProto CopyOfOuterMessages()
    {
        var proto = new ModelProto();
        proto.MergeFrom(_proto);
        return proto;
    }
}
