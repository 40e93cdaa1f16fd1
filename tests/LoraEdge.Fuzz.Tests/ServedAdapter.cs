using LoraEdge.Inference;

namespace LoraEdge.Fuzz.Tests;

/// <summary>A random adapter, and what a merged session computes with it.</summary>
internal sealed class ServedAdapter
{
    private const double Tolerance = 1e-3;

    // A merged weight is rounded to its type, an attached change is not.
    private const double RoundedTolerance = 0.05;

    // How much more than a change of the last bits may the order of a sum matter?
    private const double Sensitivity = 1000;
    private const double NearOverflow = 1e30;
    private const float LastBits = 1 + 1e-6f;

    private readonly IReadOnlyDictionary<string, HostTensor> _merged;
    private readonly IReadOnlyDictionary<string, HostTensor> _nearby;
    private readonly RandomValues _random;
    private readonly double _tolerance;

    public ServedAdapter(ServingModel serving, IReadOnlyList<AdaptableLayer> layers, int rank, double share, int seed, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        seed &= 0xFFFFFF;
        Adapter = RandomAdapter.For(serving.Model, share, rank, seed: seed, layers: layers);
        _merged = Merged(serving, Adapter, inputs);
        _nearby = Merged(serving, RandomAdapter.For(serving.Model, share * LastBits, rank, seed: seed, layers: layers), inputs);
        _random = new RandomValues(serving.Model.Graph);
        _tolerance = layers.Any(layer => !layer.IsQuantized && layer.MergedType != OnnxDataType.Float) ? RoundedTolerance : Tolerance;
    }

    public Adapter Adapter { get; }

    /// <summary>Compares a player's outputs, or one row of them; where a change of the last bits changes much, much is allowed.</summary>
    /// <exception cref="InvalidOperationException">They differ.</exception>
    public void RequireClose(IReadOnlyDictionary<string, HostTensor> actual, int? row, int of)
    {
        foreach ((string name, HostTensor merged) in _merged.Where(output => output.Value.ElementType == TensorElementType.Float32 && !_random.Contains(output.Key)))
        {
            HostTensor served = actual[name];
            if (!served.Shape.SequenceEqual(merged.Shape))
            {
                if (!_nearby[name].Shape.SequenceEqual(merged.Shape))
                    continue;
                throw new InvalidOperationException($"'{name}' has the shape [{string.Join(",", served.Shape)}] and [{string.Join(",", merged.Shape)}] merged.");
            }

            int width = (int)merged.Count / of;
            RequireClose(name, Part(served, row ?? 0, width), Part(merged, row ?? 0, width), Part(_nearby[name], row ?? 0, width));
        }
    }

    private void RequireClose(string name, float[] served, float[] merged, float[] nearby)
    {
        double scale = merged.Concat(nearby).Select(value => Math.Abs((double)value)).DefaultIfEmpty().Max();
        if (!(scale < NearOverflow))
            return;
        double allowed = (_tolerance * scale) + (Sensitivity * Worst(nearby, merged));
        double worst = Worst(served, merged);
        if (!(worst <= allowed))
            throw new InvalidOperationException($"'{name}' differs by {worst} from merged; {allowed} is allowed, and the largest value is {scale}.");
    }

    private static IReadOnlyDictionary<string, HostTensor> Merged(ServingModel serving, Adapter adapter, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        using MergedSession session = serving.Build(adapter);
        return session.Run(inputs);
    }

    private static float[] Part(HostTensor tensor, int row, int width) => tensor.AsSpan<float>().Slice(row * width, Math.Min(width, (int)tensor.Count)).ToArray();

    private static double Worst(float[] one, float[] other) => one.Length == 0 ? 0 : one.Zip(other, (x, y) => Math.Abs((double)x - y)).Max();
}
