using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>A low-rank branch on every adaptable layer and, where the model is trained too, the layers' own weights.</summary>
/// <param name="branches">The branches, with a trained A; disposed with this.</param>
/// <param name="model">The model's weights, disposed with this; null while they are frozen.</param>
internal sealed class SharedWeights(LowRankWeights branches, FullWeights? model) : TrainableWeights
{
    /// <summary>A of every branch.</summary>
    public IReadOnlyList<Tensor> A { get; } = [.. branches.Branches.Select(branch => branch.A)];

    /// <summary>B of every branch: that of whoever's turn it is.</summary>
    public IReadOnlyList<Tensor> B { get; } = [.. branches.Branches.Select(branch => branch.B)];

    /// <summary>The model's weights; empty while they are frozen.</summary>
    public IReadOnlyList<Tensor> Model { get; } = model?.Parameters ?? [];

    /// <inheritdoc />
    public override IReadOnlyList<Tensor> Parameters { get; } = [.. branches.Parameters, .. model?.Parameters ?? []];

    /// <summary>The rows of A by the layer's initializer index.</summary>
    public IEnumerable<KeyValuePair<int, float[]>> Rows() =>
        branches.Branches.Select(branch => new KeyValuePair<int, float[]>(branch.Layer.InitializerIndex, ParameterValues.Of(branch.A)));

    /// <summary>The model's weights by name; none while they are frozen.</summary>
    public IReadOnlyDictionary<string, float[]> ModelByName() => model?.ByName() ?? new Dictionary<string, float[]>();

    /// <inheritdoc />
    public override LowRankBranch? BranchOf(string operand) => branches.BranchOf(operand);

    /// <inheritdoc />
    public override BranchBehind? BranchBehind(string value) => branches.BranchBehind(value);

    /// <inheritdoc />
    public override ChangedWeight? Changed(string weight) => branches.Changed(weight);

    /// <inheritdoc />
    public override Tensor? Replacement(string initializer) => model?.Replacement(initializer);

    /// <summary>Sets B to zero: the model that everybody shares.</summary>
    public void LeaveEverybodyOut()
    {
        using var _ = no_grad();
        foreach (Tensor b in B)
            b.zero_();
    }

    /// <summary>Forgets the gradients of B.</summary>
    public void ClearGradientsOfB()
    {
        foreach (Tensor b in B)
            b.grad = null;
    }

    /// <summary>Rows of A stay of unit norm, as adapters will use them: what A could gain by growing belongs into B.</summary>
    public override void Constrain()
    {
        using var _ = no_grad();
        foreach (Tensor a in A)
        {
            using Tensor norm = a.norm(1, keepdim: true);
            a.div_(norm);
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        branches.Dispose();
        model?.Dispose();
    }
}
