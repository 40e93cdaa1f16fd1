using System.Runtime.InteropServices;
using System.Text;
using MessagePack;

namespace LoraEdge;

/// <summary>
/// Records to MessagePack, all but the number in front, which the writer adds. docs/log-format.md defines
/// the fields; <see cref="RecordDecoder"/> is the inverse.
/// </summary>
internal sealed class RecordEncoder
{
    /// <summary>Longest name of an input.</summary>
    public const int MaxNameBytes = 4096;

    private readonly (string Name, byte[] Encoded)[] _inputs;

    /// <param name="inputs">Names of the inputs that every record has.</param>
    /// <exception cref="InvalidOptionsException">A name is twice there or too long.</exception>
    public RecordEncoder(IReadOnlyList<string> inputs)
    {
        if (inputs.Distinct(StringComparer.Ordinal).Count() != inputs.Count || inputs.Any(name => Encoding.UTF8.GetByteCount(name) > MaxNameBytes))
            throw new InvalidOptionsException($"A log cannot have the inputs [{string.Join(", ", inputs)}]: each is named once, with at most {MaxNameBytes} bytes.");
        _inputs = [.. inputs.Select(name => (name, MessagePackSerialized(name)))];
    }

    /// <summary>A single interaction; nothing is allocated.</summary>
    /// <exception cref="InvalidInputException">It has other inputs, or a weight that is none.</exception>
    public void Write(ref SpanWriter writer, long time, IReadOnlyDictionary<string, HostTensor> inputs, Target target, float weight)
    {
        writer.Integer(time);
        WriteStep(ref writer, inputs, target, weight, startsEpisode: false);
        writer.Array(0);
    }

    /// <summary>Any interaction, as memory of its own.</summary>
    /// <exception cref="InvalidInputException">It has other inputs, or a weight that is none.</exception>
    public byte[] Encode(DateTimeOffset time, Interaction record)
    {
        var measure = new SpanWriter();
        Write(ref measure, time.ToUnixTimeMilliseconds(), record);
        byte[] bytes = new byte[measure.Length];
        var writer = new SpanWriter(bytes);
        Write(ref writer, time.ToUnixTimeMilliseconds(), record);
        return bytes;
    }

    private void Write(ref SpanWriter writer, long time, Interaction record)
    {
        writer.Integer(time);
        if (record.Steps.Count == 0)
            WriteStep(ref writer, record.Inputs, record.Target, record.Weight, record.StartsEpisode);
        else
            WriteSequenceHead(ref writer, record);
        writer.Array(record.Steps.Count);
        foreach (Interaction step in record.Steps)
            WriteStep(ref writer, step.Inputs, step.Target, step.Weight, step.StartsEpisode);
    }

    // The inputs of a sequence are those of its first step.
    private static void WriteSequenceHead(ref SpanWriter writer, Interaction record)
    {
        writer.Array(4);
        writer.Boolean(record.StartsEpisode);
        WriteWeight(ref writer, record.Weight);
        writer.Map(0);
        WriteTarget(ref writer, record.Target);
    }

    private void WriteStep(ref SpanWriter writer, IReadOnlyDictionary<string, HostTensor> inputs, Target target, float weight, bool startsEpisode)
    {
        writer.Array(4);
        writer.Boolean(startsEpisode);
        WriteWeight(ref writer, weight);
        WriteInputs(ref writer, inputs);
        WriteTarget(ref writer, target);
    }

    // What could not be read again must not be written.
    private static void WriteWeight(ref SpanWriter writer, float weight)
    {
        if (!(weight >= 0) || float.IsInfinity(weight))
            throw new InvalidInputException($"The weight of a record is {weight}; it must be finite and not negative.");
        writer.Float(weight);
    }

    private void WriteInputs(ref SpanWriter writer, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        if (inputs.Count != _inputs.Length)
            throw OtherInputs(inputs);
        writer.Map(_inputs.Length);
        foreach ((string name, byte[] encoded) in _inputs)
        {
            if (!inputs.TryGetValue(name, out HostTensor? tensor))
                throw OtherInputs(inputs);
            writer.Encoded(encoded);
            WriteTensor(ref writer, tensor);
        }
    }

    private static void WriteTensor(ref SpanWriter writer, HostTensor tensor)
    {
        writer.Array(3);
        writer.Unsigned((ulong)tensor.ElementType);
        writer.Array(tensor.Shape.Length);
        foreach (long size in tensor.Shape)
            writer.Integer(size);
        writer.Binary(tensor.Bytes);
    }

    private static void WriteTarget(ref SpanWriter writer, Target target)
    {
        writer.Array(3);
        if (target.Classes is { } classes)
        {
            writer.Array(classes.Length);
            foreach (long index in classes)
                writer.Integer(index);
        }
        else
        {
            writer.Nil();
        }

        if (target.Values is { } values)
            writer.Binary(MemoryMarshal.AsBytes(values.AsSpan()));
        else
            writer.Nil();
        if (target.AllowedClasses is { } allowed)
        {
            writer.Array(allowed.Length);
            foreach (int index in allowed)
                writer.Integer(index);
        }
        else
        {
            writer.Nil();
        }
    }

    private static byte[] MessagePackSerialized(string name)
    {
        var buffer = new GrowingBuffer(name.Length + 8);
        var writer = new MessagePackWriter(buffer);
        writer.WriteString(Encoding.UTF8.GetBytes(name));
        writer.Flush();
        return buffer.ToArray();
    }

    private InvalidInputException OtherInputs(IReadOnlyDictionary<string, HostTensor> inputs) =>
        new($"A record has the inputs [{string.Join(", ", inputs.Keys)}], but the log was opened for [{string.Join(", ", _inputs.Select(input => input.Name))}]. Record exactly these.");
}
