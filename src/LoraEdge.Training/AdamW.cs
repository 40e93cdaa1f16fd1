using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter, arXiv:1711.05101; 0.9, 0.999, 1e-8) with clipping by the global norm, in one pass over each
/// parameter's memory. TorchSharp's own takes a dozen calls and as many tensors per parameter, which for the small B of an
/// adapter is most of the work, and keeps handles of gradients until the garbage collector finds them. Parameters on a GPU are
/// copied here and back, all in one transfer: the same numbers move by the same code on every device.
/// </summary>
internal sealed class AdamW
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly IReadOnlyList<Tensor> _parameters;
    private readonly double[] _decays;

    /// <summary>Prepares the state: zeros.</summary>
    /// <param name="parameters">What is trained, borrowed; fp32.</param>
    /// <param name="weightDecay">Decoupled weight decay of a parameter.</param>
    public AdamW(IReadOnlyList<Tensor> parameters, Func<Tensor, double> weightDecay)
    {
        _parameters = parameters;
        _decays = [.. parameters.Select(weightDecay)];
        First = [.. parameters.Select(parameter => new float[parameter.numel()])];
        Second = [.. parameters.Select(parameter => new float[parameter.numel()])];
    }

    /// <summary>Running mean of the gradient of each parameter.</summary>
    public IReadOnlyList<float[]> First { get; }

    /// <summary>Running mean of the squared gradient of each parameter.</summary>
    public IReadOnlyList<float[]> Second { get; }

    /// <summary>Steps done.</summary>
    public long Steps { get; private set; }

    /// <summary>Puts an earlier state back; copied.</summary>
    /// <param name="steps">Steps done.</param>
    /// <param name="first">Running mean of the gradient of each parameter.</param>
    /// <param name="second">Running mean of the squared gradient of each parameter.</param>
    public void Restore(long steps, IReadOnlyList<float[]> first, IReadOnlyList<float[]> second)
    {
        Steps = steps;
        for (int i = 0; i < _parameters.Count; i++)
        {
            first[i].CopyTo(First[i], 0);
            second[i].CopyTo(Second[i], 0);
        }
    }

    /// <summary>The norm of all gradients together; not finite when one of them is not.</summary>
    public double GradientNorm()
    {
        using var gradients = HostTensorGroup.OfGradients(_parameters);
        return Math.Sqrt(gradients.Tensors.Sum(gradient => gradient is null ? 0 : SumOfSquares(Elements(gradient))));
    }

    /// <summary>Moves every parameter that has a gradient.</summary>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="gradientScale">Factor on the gradients, 1 or what clipping makes it.</param>
    public void Step(double learningRate, double gradientScale)
    {
        Steps++;
        double unbiased = Math.Sqrt(1 - Math.Pow(Beta2, Steps));
        using HostTensorGroup gradients = HostTensorGroup.OfGradients(_parameters), values = HostTensorGroup.Of(_parameters);
        for (int i = 0; i < _parameters.Count; i++)
        {
            if (gradients.Tensors[i] is not { } gradient)
                continue;
            var rates = new Rates(
                (float)gradientScale, (float)(1 - learningRate * _decays[i]),
                (float)(learningRate * unbiased / (1 - Math.Pow(Beta1, Steps))), (float)(Epsilon * unbiased));
            Update(Elements(values.Tensors[i]!), Elements(gradient), First[i], Second[i], rates);
        }

        values.WriteBack();
    }

    private static Span<float> Elements(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        // Sums of a block in fp32 lanes, the blocks in double: fast, and the same on every run.
        double sum = 0;
        const int Block = 1024;
        for (; values.Length > 0; values = values.Slice(Math.Min(Block, values.Length)))
        {
            ReadOnlySpan<float> block = values.Slice(0, Math.Min(Block, values.Length));
            ReadOnlySpan<Vector<float>> lanes = MemoryMarshal.Cast<float, Vector<float>>(block);
            Vector<float> squares = Vector<float>.Zero;
            foreach (Vector<float> lane in lanes)
                squares += lane * lane;
            sum += Vector.Dot(squares, Vector<float>.One);
            foreach (float value in block.Slice(lanes.Length * Vector<float>.Count))
                sum += (double)value * value;
        }

        return sum;
    }

    private static void Update(Span<float> values, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second, Rates rates)
    {
        Span<Vector<float>> valueLanes = MemoryMarshal.Cast<float, Vector<float>>(values), firstLanes = MemoryMarshal.Cast<float, Vector<float>>(first),
            secondLanes = MemoryMarshal.Cast<float, Vector<float>>(second);
        ReadOnlySpan<Vector<float>> gradientLanes = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        for (int i = 0; i < gradientLanes.Length; i++)
        {
            Vector<float> g = gradientLanes[i] * rates.Gradient;
            Vector<float> m = firstLanes[i] = (firstLanes[i] * (float)Beta1) + (g * (float)(1 - Beta1));
            Vector<float> v = secondLanes[i] = (secondLanes[i] * (float)Beta2) + (g * g * (float)(1 - Beta2));
            valueLanes[i] = (valueLanes[i] * rates.Keep) - (m * rates.Step / (Vector.SquareRoot(v) + new Vector<float>(rates.Epsilon)));
        }

        for (int i = gradientLanes.Length * Vector<float>.Count; i < gradient.Length; i++)
        {
            float g = gradient[i] * rates.Gradient;
            float m = first[i] = (first[i] * (float)Beta1) + (g * (float)(1 - Beta1));
            float v = second[i] = (second[i] * (float)Beta2) + (g * g * (float)(1 - Beta2));
            values[i] = (values[i] * rates.Keep) - (m * rates.Step / ((float)Math.Sqrt(v) + rates.Epsilon));
        }
    }

    /// <summary>The numbers of one step of one parameter.</summary>
    /// <param name="Gradient">Factor on the gradient.</param>
    /// <param name="Keep">Factor on the value: weight decay.</param>
    /// <param name="Step">Learning rate, both bias corrections in it.</param>
    /// <param name="Epsilon">Epsilon, the correction of the second moment in it.</param>
    private readonly record struct Rates(float Gradient, float Keep, float Step, float Epsilon);
}
