using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>Copies the values of parameters out and in.</summary>
internal static class ParameterValues
{
    /// <summary>Copies the values out, one array a parameter, row-major.</summary>
    public static float[][] Capture(IReadOnlyList<Tensor> parameters)
    {
        using var _ = no_grad();
        return [.. parameters.Select(parameter => parameter.data<float>().ToArray())];
    }

    /// <summary>Puts captured values back.</summary>
    public static void Restore(IReadOnlyList<Tensor> parameters, float[][] values)
    {
        using var _ = no_grad();
        for (int i = 0; i < values.Length; i++)
        {
            using Tensor source = tensor(values[i], parameters[i].shape);
            parameters[i].copy_(source);
        }
    }
}
