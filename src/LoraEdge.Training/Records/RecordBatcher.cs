using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Records;

/// <summary>Concatenates records of equal shapes along the batch axis.</summary>
internal static class RecordBatcher
{
    /// <summary>Added to the score of a class that was not possible: its probability becomes exactly zero in fp32.</summary>
    private const float Impossible = -1e9f;

    private static readonly Dictionary<string, Tensor> s_none = [];

    /// <summary>Makes one batch.</summary>
    /// <param name="records">At least one; all of one shape.</param>
    /// <param name="classCount">Number of classes, for records among others with a mask that have none.</param>
    /// <param name="device">Where the model runs; null for the CPU.</param>
    public static RecordBatch Create(IReadOnlyList<Interaction> records, int classCount, Device? device = null)
    {
        Dictionary<string, Tensor> inputs = Inputs(records, device);
        return Targets(records, classCount, device) with { Inputs = inputs };
    }

    /// <summary>What the model saw, batch axis first; the caller's.</summary>
    /// <param name="records">At least one; all of one shape.</param>
    /// <param name="device">Where the model runs; null for the CPU.</param>
    public static Dictionary<string, Tensor> Inputs(IReadOnlyList<Interaction> records, Device? device = null) =>
        records[0].Inputs.Keys.ToDictionary(name => name, name => Placement.Move(Concatenate(records, name), device ?? CPU), StringComparer.Ordinal);

    /// <summary>Makes a batch without inputs.</summary>
    /// <param name="records">At least one, with targets of one length.</param>
    /// <param name="classCount">Number of classes, for records among others with a mask that have none.</param>
    /// <param name="device">Where the model runs; null for the CPU.</param>
    public static RecordBatch Targets(IReadOnlyList<Interaction> records, int classCount, Device? device = null)
    {
        Tensor? Placed(Tensor? tensor) => tensor is null ? null : Placement.Move(tensor, device ?? CPU);
        (Tensor? allowed, Tensor? padding) = Allowed(records, classCount);
        return new RecordBatch(
            records, s_none, Placed(Classes(records)), Placed(Values(records)), Placed(allowed), Placed(padding), Placed(tensor([.. records.Select(record => record.Weight)]))!);
    }

    private static Tensor Concatenate(IReadOnlyList<Interaction> records, string name)
    {
        HostTensor first = records[0].Inputs[name];
        long[] shape = [records.Count, .. first.Shape.Skip(1)];
        Tensor result = empty(shape, ElementTypes.FromOnnx((int)first.ElementType)!.Value);
        Span<byte> target = result.bytes;
        for (int i = 0; i < records.Count; i++)
            records[i].Inputs[name].Bytes.CopyTo(target[(i * first.Bytes.Length)..]);
        return result;
    }

    private static Tensor? Classes(IReadOnlyList<Interaction> records)
    {
        if (records[0].Target.Classes is not { } first)
            return null;
        Tensor flat = tensor(records.SelectMany(record => record.Target.Classes!).ToArray());
        if (first.Length == 1)
            return flat;
        using (flat)
            return flat.reshape(records.Count, first.Length);
    }

    private static Tensor? Values(IReadOnlyList<Interaction> records) => records[0].Target.Values is { } first
        ? tensor(records.SelectMany(record => record.Target.Values!).ToArray(), records.Count, first.Length)
        : null;

    private static (Tensor? Allowed, Tensor? Padding) Allowed(IReadOnlyList<Interaction> records, int classCount)
    {
        if (records.All(record => record.Target.AllowedClasses is null))
            return (null, null);
        int width = records.Max(record => record.Target.AllowedClasses?.Length ?? classCount);
        var classes = new long[records.Count * width];
        var padding = new float[classes.Length];
        for (int row = 0; row < records.Count; row++)
        {
            int[]? own = records[row].Target.AllowedClasses;
            int count = own?.Length ?? classCount;
            for (int i = 0; i < width; i++)
            {
                classes[row * width + i] = i >= count ? 0 : own?[i] ?? i;
                padding[row * width + i] = i < count ? 0 : Impossible;
            }
        }

        return (tensor(classes, records.Count, width), tensor(padding, records.Count, width));
    }
}
