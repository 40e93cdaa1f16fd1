using LoraEdge.Training.Adaptation;
using static TorchSharp.torch;

namespace LoraEdge.Training.Population;

/// <summary>One person of a population: a B of their own and its optimizer state.</summary>
internal sealed class Person
{
    private readonly IReadOnlyList<Tensor> _b;
    private readonly AdamW _optimizer;
    private float[][] _values;

    /// <summary>Begins with B = 0.</summary>
    /// <param name="b">The parameters that hold the B of whoever's turn it is, borrowed.</param>
    public Person(IReadOnlyList<Tensor> b)
    {
        _b = b;
        _optimizer = new AdamW(b, _ => 0);
        _values = [.. b.Select(parameter => new float[parameter.numel()])];
    }

    /// <summary>Puts the person's B into the parameters.</summary>
    public void Enter() => ParameterValues.Restore(_b, _values);

    /// <summary>Moves the person's B by the gradients at hand and takes it out of the parameters.</summary>
    public void Update(double learningRate)
    {
        _optimizer.Step(learningRate, gradientScale: 1);
        _values = ParameterValues.Capture(_b);
    }
}
