using System.Text;
using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// Runs an ONNX graph as TorchSharp operations, so that gradients flow through the same file that is served. A plan is
/// built once per set of input shapes; every value is disposed after its last use, and autograd keeps what backward needs.
/// </summary>
internal sealed class GraphExecutor : IDisposable
{
    /// <summary>
    /// Plans that are kept. Texts come in hundreds of lengths, and a plan takes about a kilobyte per node; beyond this many
    /// the oldest is built again when it is needed.
    /// </summary>
    private const int MaxPlans = 64;

    private readonly OnnxModel _model;
    private readonly WeightTensors _weights;
    private readonly TrainableWeights? _trained;
    private readonly RunLimits _limits;
    private readonly Dictionary<string, GraphPlan> _plans = new(StringComparer.Ordinal);
    private readonly Queue<string> _oldestPlans = new();

    /// <summary>Prepares a model for execution.</summary>
    /// <param name="model">The frozen model.</param>
    /// <param name="trained">What is trained on top of it, borrowed, on the same device; null to run the model as it is.</param>
    /// <param name="placement">Where to run it, and what to hold frozen weights in; null for the default.</param>
    /// <param name="limits">What a run may take; null for the defaults.</param>
    /// <exception cref="NativeRuntimeException">libtorch is missing or cannot be loaded.</exception>
    public GraphExecutor(OnnxModel model, TrainableWeights? trained = null, Placement? placement = null, RunLimits? limits = null)
    {
        NativeLibtorch.EnsureLoaded();
        _model = model;
        _trained = trained;
        _limits = limits ?? new RunLimits();
        _weights = new WeightTensors(placement);
    }

    /// <summary>Where the model is run; inputs must be there, and results are.</summary>
    public Placement Placement => _weights.Placement;

    /// <summary>Plans that are kept at present.</summary>
    public int PlanCount => _plans.Count;

    /// <summary>Computes values of the graph. Results are the caller's, also when one is an input or a constant.</summary>
    /// <param name="inputs">The model's inputs by name, borrowed.</param>
    /// <param name="outputs">Names of the wanted values; only their ancestors run.</param>
    /// <exception cref="LoraEdgeException">The inputs do not fit the model, or it cannot be executed.</exception>
    public Tensor[] Run(IReadOnlyDictionary<string, Tensor> inputs, params string[] outputs)
    {
        InputCheck.Require(_model, inputs, Placement.Device);
        return RunFrom(inputs, outputs);
    }

    /// <summary>As <see cref="Run"/>, from values inside the graph instead of its inputs.</summary>
    /// <param name="given">Values by name, borrowed; whatever the wanted ones need besides must follow from them.</param>
    /// <param name="outputs">Names of the wanted values.</param>
    public Tensor[] RunFrom(IReadOnlyDictionary<string, Tensor> given, params string[] outputs) => PlanFor(given, outputs).Run(given);

    /// <summary>Bytes that autograd keeps of a run with gradients; null where it draws random numbers, and would not give the same again.</summary>
    /// <param name="inputs">The model's inputs by name, borrowed.</param>
    /// <param name="outputs">Names of the wanted values.</param>
    public long? BytesKept(IReadOnlyDictionary<string, Tensor> inputs, params string[] outputs)
    {
        InputCheck.Require(_model, inputs, Placement.Device);
        GraphPlan plan = PlanFor(inputs, outputs);
        return plan.DrawsNumbers ? null : plan.TrainedBytes;
    }

    /// <summary>Runs a forward pass whose backward pass begins at one value, with the gradient that the caller then has.</summary>
    /// <param name="inputs">The model's inputs by name, borrowed until the pass is disposed.</param>
    /// <param name="value">The value to differentiate.</param>
    /// <param name="memoryTarget">Bytes that the pass may keep for its backward pass; what does not fit is computed again. Null: all is kept.</param>
    /// <exception cref="LoraEdgeException">The inputs do not fit the model, or it cannot be executed.</exception>
    public IForwardPass Forward(IReadOnlyDictionary<string, Tensor> inputs, string value, long? memoryTarget)
    {
        InputCheck.Require(_model, inputs, Placement.Device);
        GraphPlan plan = PlanFor(inputs, [value]);
        // What was drawn in the forward pass would not be drawn again.
        if (memoryTarget is not { } target || plan.DrawsNumbers)
            return new KeptPass(RunFrom(inputs, value)[0]);
        return new RecomputedPass(plan, inputs, plan.SegmentsFor(target));
    }

    /// <summary>Forgets the plans and the tensors of frozen weights, which are made again when they are needed, and gives their memory back.</summary>
    public void ReleaseCaches()
    {
        Dispose();
        Placement.ReleaseUnusedMemory();
    }

    /// <summary>As <see cref="Run"/>, by the pass that finds the shapes and without keeping a plan: half the price for inputs that do not come again.</summary>
    /// <param name="inputs">The model's inputs by name, borrowed.</param>
    /// <param name="outputs">Names of the wanted values; only their ancestors run.</param>
    /// <exception cref="LoraEdgeException">The inputs do not fit the model, or it cannot be executed.</exception>
    public Tensor[] RunOnce(IReadOnlyDictionary<string, Tensor> inputs, params string[] outputs)
    {
        InputCheck.Require(_model, inputs, Placement.Device);
        return new PlanBuilder(_model, _weights, _trained, _limits).Trace(inputs, outputs);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (GraphPlan plan in _plans.Values)
            plan.Dispose();
        _plans.Clear();
        _oldestPlans.Clear();
        _weights.Dispose();
    }

    private GraphPlan PlanFor(IReadOnlyDictionary<string, Tensor> inputs, string[] outputs)
    {
        string key = KeyOf(inputs, outputs);
        if (_plans.TryGetValue(key, out GraphPlan? plan))
            return plan;
        plan = new PlanBuilder(_model, _weights, _trained, _limits).Build(inputs, outputs);
        Keep(key, plan);
        return plan;
    }

    private void Keep(string key, GraphPlan plan)
    {
        if (_plans.Count == MaxPlans)
        {
            string oldest = _oldestPlans.Dequeue();
            _plans[oldest].Dispose();
            _plans.Remove(oldest);
        }

        _plans.Add(key, plan);
        _oldestPlans.Enqueue(key);
    }

    /// <summary>Types, shapes, and which inputs gradients flow into.</summary>
    private static string KeyOf(IReadOnlyDictionary<string, Tensor> inputs, string[] outputs)
    {
        var key = new StringBuilder();
        foreach (KeyValuePair<string, Tensor> input in inputs)
            key.Append(input.Key).Append('\0').Append(input.Value.dtype).Append('[').Append(string.Join(",", input.Value.shape)).Append(input.Value.requires_grad ? "]'" : "]");
        foreach (string output in outputs)
            key.Append('\0').Append(output);
        return key.ToString();
    }
}
