using System.Runtime.InteropServices;
using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>Low-rank branches on a set of layers: B is trained, and A as well when the method is plain LoRA.</summary>
internal sealed class LowRankWeights : TrainableWeights
{
    private readonly List<LowRankBranch> _branches = [];
    private readonly Dictionary<string, LowRankBranch> _beside = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BranchBehind> _behind = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ChangedWeight> _changed = new(StringComparer.Ordinal);
    private readonly List<Tensor> _parameters = [];
    private readonly List<(LowRankBranch Branch, double Bound)> _bounds = [];
    private readonly bool _trainsA;
    private long _clamped;

    /// <summary>Makes a branch with B = 0 for every layer.</summary>
    /// <param name="layers">The layers to adapt.</param>
    /// <param name="projections">A of every layer, shape <c>(r, in)</c>; copied.</param>
    /// <param name="rank">Rank r.</param>
    /// <param name="scale">The factor s.</param>
    /// <param name="trainA">Whether A is trained too.</param>
    /// <param name="device">Where to hold them; null for the CPU.</param>
    public LowRankWeights(IReadOnlyList<AdaptableLayer> layers, IReadOnlyList<float[]> projections, int rank, float scale, bool trainA, Device? device = null)
    {
        _trainsA = trainA;
        for (int i = 0; i < layers.Count; i++)
        {
            Tensor a = Aligned(projections[i], device ?? CPU, rank, layers[i].InFeatures);
            if (trainA)
                Add(a);
            Tensor b = Add(zeros(layers[i].OutFeatures, rank, device: device));
            _branches.Add(new LowRankBranch(layers[i], a, b, scale));
        }

        foreach (LowRankBranch branch in _branches.Where(branch => branch.Layer.IsDirect))
            Attach(branch);
        foreach (IGrouping<string, LowRankBranch> weight in _branches.Where(branch => !branch.Layer.IsDirect).GroupBy(branch => branch.Layer.WeightName, StringComparer.Ordinal))
            _changed.Add(weight.Key, new ChangedWeight([.. weight]));
    }

    /// <summary>The branches of an adapter, frozen; the caller's.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="calibrated">The calibrated projection shipped beside the model, or null when there is none.</param>
    /// <param name="device">Where to hold them; null for the CPU.</param>
    /// <exception cref="AdapterMismatchException">The adapter is for another model, projection or shape.</exception>
    public static LowRankWeights Of(OnnxModel model, Adapter adapter, CalibratedProjection? calibrated, Device? device = null)
    {
        Dictionary<int, AdaptableLayer> layers = AdaptableLayers.Find(model.Graph).Layers.ToDictionary(layer => layer.InitializerIndex);
        ProjectionFactors factors = ProjectionFactors.For(adapter, model.Fingerprint, [.. layers.Values.Select(layer => layer.AsWeight())], calibrated);
        var weights = new LowRankWeights([.. adapter.Targets.Select(target => layers[target.InitializerIndex])], factors.Matrices, adapter.Rank, adapter.Scale, trainA: false, device);
        weights.Restore([.. adapter.Targets.Select(target => target.B)]);
        return weights;
    }

    /// <inheritdoc />
    public override IReadOnlyList<Tensor> Parameters => _parameters;

    /// <summary>The branches, in the order of the layers.</summary>
    public IReadOnlyList<LowRankBranch> Branches => _branches;

    /// <inheritdoc />
    public override long Clamped => _clamped;

    /// <inheritdoc />
    public override LowRankBranch? BranchOf(string operand) => _beside.TryGetValue(operand, out LowRankBranch? branch) ? branch : null;

    /// <inheritdoc />
    public override BranchBehind? BranchBehind(string value) => _behind.TryGetValue(value, out BranchBehind? branch) ? branch : null;

    /// <inheritdoc />
    public override ChangedWeight? Changed(string weight) => _changed.TryGetValue(weight, out ChangedWeight? changed) ? changed : null;

    /// <summary>Bounds the Frobenius norm of every layer's change.</summary>
    /// <param name="share">The bound, relative to the norm of the frozen weight.</param>
    public void LimitTo(double share)
    {
        foreach (LowRankBranch branch in _branches)
            _bounds.Add((branch, share * branch.Layer.Norm));
    }

    /// <inheritdoc />
    public override void Constrain()
    {
        using var _ = no_grad();
        foreach ((LowRankBranch branch, double bound) in _bounds)
        {
            double norm = branch.ChangeNorm();
            if (norm <= bound)
                continue;
            branch.B.mul_(Number.Of((float)(bound / norm)));
            _clamped++;
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        base.Dispose();
        if (_trainsA)
            return;
        foreach (LowRankBranch branch in _branches)
            branch.A.Dispose();
    }

    /// <summary>
    /// A copy in libtorch's own memory. torch.tensor would wrap a managed array, whose address MKL's products depend on in the
    /// last bit, and the same log would not give the same adapter twice.
    /// </summary>
    private static Tensor Aligned(float[] values, Device device, params long[] shape)
    {
        Tensor copy = empty(shape);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(copy.bytes);
        return Placement.Move(copy, device);
    }

    private void Attach(LowRankBranch branch)
    {
        foreach (LayerUse use in branch.Layer.Uses)
        {
            if (use.Kind == LayerUseKind.IntegerProduct)
                _behind.Add(use.Output, new BranchBehind(branch, use.Input));
            else
                _beside[use.Value] = branch with { IsTransposed = use.IsTransposed };
        }
    }

    private Tensor Add(Tensor initial)
    {
        // Not a Parameter: that takes the handle out of its tensor, and TorchSharp's count of live tensors never comes down again.
        _parameters.Add(initial.requires_grad_());
        return initial;
    }
}
