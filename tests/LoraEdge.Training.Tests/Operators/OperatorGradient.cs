using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Operators;

/// <summary>
/// Gradients of <c>sum(c * y)</c> with respect to every fed input of floats, where y is a node's first output and c random: by
/// autograd, and by central finite differences.
/// </summary>
internal sealed class OperatorGradient : IDisposable
{
    /// <summary>Third derivatives times the squared step, and the rounding of fp32 divided by the step.</summary>
    private const double Tolerance = 5e-3;
    private const float Step = 5e-3f;

    private readonly GraphExecutor _executor;
    private readonly Dictionary<string, Tensor> _inputs;
    private readonly string[] _differentiated;
    private readonly float[] _coefficients;

    /// <summary>Feeds a node and draws c.</summary>
    public OperatorGradient(OperatorCase node)
    {
        _executor = new GraphExecutor(node.Model());
        _inputs = node.Fed.ToTorch();
        _differentiated = [.. _inputs.Where(input => is_floating_point(input.Value.dtype)).Select(input => input.Key)];
        using Tensor y = _executor.Run(_inputs, "y0").Single();
        _coefficients = Numbers.Normal((int)y.numel(), seed: 31);
    }

    /// <summary>Asserts that both agree.</summary>
    public void AssertFiniteDifferences()
    {
        Dictionary<string, float[]> gradients = Gradients();
        using var _ = no_grad();
        foreach (string name in _differentiated)
        {
            float[] differences = [.. Enumerable.Range(0, gradients[name].Length).Select(element => Difference(_inputs[name], element))];
            Numbers.AssertClose(gradients[name], differences, Tolerance);
        }
    }

    public void Dispose()
    {
        _inputs.Values.DisposeAll();
        _executor.Dispose();
    }

    /// <summary>By autograd, by the input's name.</summary>
    public Dictionary<string, float[]> Gradients()
    {
        foreach (string name in _differentiated)
            _inputs[name].requires_grad = true;
        using (Tensor y = _executor.Run(_inputs, "y0").Single(), c = tensor(_coefficients), shaped = c.reshape(y.shape), weighted = y.mul(shaped), sum = weighted.sum())
            sum.backward();
        return _differentiated.ToDictionary(name => name, name => _inputs[name].grad!.ToFloatsAndDispose());
    }

    private float Difference(Tensor input, int element)
    {
        using Tensor flat = input.view(-1), entry = flat[element];
        float center = entry.item<float>();
        double above = SumWith(entry, center + Step), below = SumWith(entry, center - Step);
        entry.fill_(center);
        return (float)((above - below) / (2 * Step));
    }

    private double SumWith(Tensor entry, float value)
    {
        entry.fill_(value);
        return _executor.Run(_inputs, "y0").Single().ToFloatsAndDispose().Zip(_coefficients, (y, c) => (double)y * c).Sum();
    }
}
