using LoraEdge.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>Low-rank branches on a set of layers: B is trained, and A as well when the method is plain LoRA.</summary>
internal sealed class LowRankWeights : TrainableWeights
{
    private readonly Dictionary<string, LowRankBranch> _branches = new(StringComparer.Ordinal);
    private readonly List<Parameter> _parameters = [];
    private readonly List<(Parameter B, Tensor A, double Bound)> _bounds = [];
    private readonly bool _trainsA;

    /// <summary>Makes a branch with B = 0 for every layer.</summary>
    /// <param name="layers">The layers to adapt.</param>
    /// <param name="projections">A of every layer, shape <c>(r, in)</c>; copied.</param>
    /// <param name="rank">Rank r.</param>
    /// <param name="scale">The factor s.</param>
    /// <param name="trainA">Whether A is trained too.</param>
    public LowRankWeights(IReadOnlyList<AdaptableLayer> layers, IReadOnlyList<float[]> projections, int rank, float scale, bool trainA)
    {
        _trainsA = trainA;
        for (int i = 0; i < layers.Count; i++)
        {
            Tensor a = tensor(projections[i], rank, layers[i].InFeatures);
            if (trainA)
                a = Add(a);
            Parameter b = Add(zeros(layers[i].OutFeatures, rank));
            _branches.Add(layers[i].WeightName, new LowRankBranch(layers[i], a, b, scale));
        }
    }

    /// <inheritdoc />
    public override IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>The branches, in the order of the layers.</summary>
    public IEnumerable<LowRankBranch> Branches => _branches.Values;

    /// <summary>How many times a layer's change was scaled back to its bound.</summary>
    public long Clamped { get; private set; }

    /// <inheritdoc />
    public override LowRankBranch? BranchOf(string weight) =>
        _branches.TryGetValue(weight, out LowRankBranch? branch) ? branch : null;

    /// <summary>Bounds the Frobenius norm of every layer's change.</summary>
    /// <param name="share">The bound, relative to the norm of the frozen weight.</param>
    /// <param name="weights">The frozen weight of a layer, by name.</param>
    public void LimitTo(double share, Func<string, Initializer> weights)
    {
        foreach (LowRankBranch branch in _branches.Values)
        {
            double sum = weights(branch.Layer.WeightName).ToFloats().Sum(value => (double)value * value);
            _bounds.Add((branch.B, branch.A, share * Math.Sqrt(sum) / Math.Abs(branch.Scale)));
        }
    }

    /// <inheritdoc />
    public override void Constrain()
    {
        using var _ = no_grad();
        foreach ((Parameter b, Tensor a, double bound) in _bounds)
        {
            double norm = DeltaNorm(a, b);
            if (norm <= bound)
                continue;
            b.mul_((float)(bound / norm));
            Clamped++;
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        base.Dispose();
        if (_trainsA)
            return;
        foreach (LowRankBranch branch in _branches.Values)
            branch.A.Dispose();
    }

    /// <summary>||B A||_F, from the r x r Gram matrices: trace((B^T B)(A A^T)).</summary>
    private static double DeltaNorm(Tensor a, Tensor b)
    {
        using Tensor bt = b.t(), gramB = bt.mm(b), at = a.t(), gramA = a.mm(at), product = gramB.mul(gramA), sum = product.sum();
        return Math.Sqrt(Math.Max(0, sum.item<float>()));
    }

    private Parameter Add(Tensor initial)
    {
        var parameter = new Parameter(initial, requires_grad: true);
        _parameters.Add(parameter);
        return parameter;
    }
}
