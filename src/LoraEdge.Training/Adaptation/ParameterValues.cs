using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>Copies the values of parameters out and in.</summary>
internal static class ParameterValues
{
    /// <summary>Copies the values out, one array a parameter, row-major.</summary>
    public static float[][] Capture(IReadOnlyList<Tensor> parameters)
    {
        using var _ = no_grad();
        return [.. parameters.Select(Of)];
    }

    /// <summary>Copies the numbers of a float32 tensor out, row-major.</summary>
    public static float[] Of(Tensor tensor)
    {
        using Tensor local = tensor.cpu();
        return local.data<float>().ToArray();
    }

    /// <summary>Makes sure that captured values are worth keeping: nothing can be trained on from a number that is not finite.</summary>
    /// <exception cref="TrainingFailedException">One is not.</exception>
    public static void RequireFinite(string name, float[] values)
    {
        if (Array.Exists(values, value => float.IsNaN(value) || float.IsInfinity(value)))
            throw new TrainingFailedException($"Training made the weight '{name}' something that is not finite; it is not kept. Lower the learning rate.");
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
