using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace LoraEdge;

/// <summary>
/// What tells a record from a copy of another: 64-bit hashes of what the model sees and of what it should say. Neither weight
/// nor time is in them.
/// </summary>
/// <param name="Inputs">Hash of the inputs, and of the classes that were possible, in all steps.</param>
/// <param name="Target">Hash of the targets of all steps.</param>
public readonly record struct RecordHash(ulong Inputs, ulong Target)
{
    /// <summary>Hash of both.</summary>
    internal ulong Content => unchecked((Inputs * 0x9E3779B97F4A7C15) + Target);

    /// <summary>The hashes of one record (XXH64); the same on every machine.</summary>
    /// <param name="record">A record, or a sequence.</param>
    public static RecordHash Of(Interaction record)
    {
        XxHash64 inputs = new(), target = new();
        if (record.Steps.Count == 0)
            Add(inputs, target, record);
        foreach (Interaction step in record.Steps)
            Add(inputs, target, step);
        return new RecordHash(inputs.GetCurrentHashAsUInt64(), target.GetCurrentHashAsUInt64());
    }

    private static void Add(XxHash64 inputs, XxHash64 target, Interaction step)
    {
        Add(inputs, [step.StartsEpisode ? 1 : 0, step.Inputs.Count, step.Target.AllowedClasses?.Length ?? -1]);
        foreach (KeyValuePair<string, HostTensor> input in step.Inputs.OrderBy(input => input.Key, StringComparer.Ordinal))
        {
            byte[] name = Encoding.UTF8.GetBytes(input.Key);
            Add(inputs, [name.Length, (long)input.Value.ElementType, input.Value.Shape.Length, .. input.Value.Shape]);
            inputs.Append(name);
            inputs.Append(input.Value.Bytes);
        }

        inputs.Append(MemoryMarshal.AsBytes(step.Target.AllowedClasses.AsSpan()));
        Add(target, [step.Target.Classes?.Length ?? -1, step.Target.Values?.Length ?? -1, .. step.Target.Classes ?? []]);
        target.Append(MemoryMarshal.AsBytes(step.Target.Values.AsSpan()));
    }

    private static void Add(XxHash64 hash, long[] numbers) => hash.Append(MemoryMarshal.AsBytes(numbers.AsSpan()));
}
