using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>DFT (its axis an attribute at first, an input from opset 20 on) and STFT. The last axis holds real and imaginary part, or the real part alone.</summary>
internal static class Fourier
{
    public static void Register(OperatorTable table)
    {
        table.Add("DFT", since: 17, node => Transform(node, node.Node.GetInt("axis", 1)), Objection);
        table.Add("DFT", since: 20, node => Transform(node, node.Has(2) ? One(node, 2) : -2), Objection);
        table.Add("STFT", since: 17, ShortTime);
    }

    private static Operation Transform(NodeContext node, long givenAxis)
    {
        long[] x = node.Shape(0);
        RequireSignal(node, x);
        int axis = node.Axis(givenAxis, x.Length);
        node.Require(axis < x.Length - 1, "the last axis holds real and imaginary part");
        long length = node.Has(1) ? One(node, 1) : x[axis];
        node.Require(length > 0, "the length must be above 0");
        bool inverse = node.Node.GetInt("inverse", 0) != 0, onesided = node.Node.GetInt("onesided", 0) != 0;
        long[] result = [.. x.Take(x.Length - 1), 2];
        result[axis] = length;
        node.RequireSize(result);
        return inputs =>
        {
            using Tensor signal = Complex(inputs[0]!), spectrum = inverse ? fft.ifft(signal, length, axis) : fft.fft_(signal, length, axis);
            using Tensor part = onesided ? spectrum.narrow(axis, 0, length / 2 + 1) : spectrum.alias();
            return [part.view_as_real()];
        };
    }

    private static Operation ShortTime(NodeContext node)
    {
        long[] x = node.Shape(0);
        RequireSignal(node, x);
        node.Require(x.Length == 3, "the signal must have the axes batch, time, and real and imaginary part");
        long step = One(node, 1), length = node.Has(3) ? One(node, 3) : node.Has(2) ? node.Shape(2).FirstOrDefault() : x[1];
        node.Require(step > 0 && length > 0 && length <= x[1], $"frames of {length} at steps of {step} do not fit {x[1]}");
        bool hasWindow = node.Has(2), onesided = node.Node.GetInt("onesided", 1) != 0;
        if (hasWindow)
        {
            node.RequireSameType(0, 2);
            node.Require(node.Shape(2).SequenceEqual([length]), $"the window must have the shape [{length}]");
        }

        node.RequireSize([x[0], (x[1] - length) / step + 1, length, 2]);
        return inputs =>
        {
            using Tensor signal = Complex(inputs[0]!), frames = signal.unfold(1, length, step), windowed = hasWindow ? frames.mul(inputs[2]!) : frames.alias();
            using Tensor spectrum = fft.fft_(windowed, length, -1), part = onesided ? spectrum.narrow(2, 0, length / 2 + 1) : spectrum.alias();
            return [part.view_as_real()];
        };
    }

    private static void RequireSignal(NodeContext node, long[] x)
    {
        node.Require(node.Type(0) is ScalarType.Float32 or ScalarType.Float64, "only float32 and float64 are transformed");
        node.Require(x.Length >= 2 && x[^1] is 1 or 2, "the last axis must hold real and imaginary part, or the real part");
        node.Require(!x.Contains(0), "the signal is empty");
    }

    private static Tensor Complex(Tensor x)
    {
        using Tensor real = x.select(-1, 0);
        if (x.shape[^1] == 1)
            return real.alias();
        using Tensor imaginary = x.select(-1, 1);
        return complex(real, imaginary);
    }

    private static long One(NodeContext node, int input)
    {
        long[] values = node.Integers(input);
        node.Require(values.Length == 1, $"input {input} must be one integer");
        return values[0];
    }

    private static string? Objection(OnnxNode node) =>
        node.GetInt("inverse", 0) != 0 && node.GetInt("onesided", 0) != 0 ? "inverse and onesided together are not supported" : null;
}
