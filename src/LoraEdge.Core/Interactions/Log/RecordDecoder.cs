using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using MessagePack;

namespace LoraEdge;

/// <summary>
/// MessagePack to records. Whatever the bytes are, a record that fits the rules comes back or a
/// <see cref="LogFormatException"/>; nothing is allocated for a count that the bytes cannot hold.
/// </summary>
internal static class RecordDecoder
{
    private const int MaxAxes = 64;
    private static readonly long EarliestMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long LatestMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <param name="bytes">One whole record.</param>
    /// <param name="source">The file and the record's place in it, for messages.</param>
    public static LoggedInteraction Decode(ReadOnlyMemory<byte> bytes, string source)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            LoggedInteraction record = ReadRecord(ref reader);
            return reader.End ? record : throw Refusal("bytes follow its end");
        }
        catch (Exception e) when (AdapterDecoder.IsReadError(e) || e is InvalidInputException or DecoderFallbackException)
        {
            throw new LogFormatException($"{source} cannot be read: {e.Message} It was not written by LoraEdge or was altered. See docs/log-format.md.", e);
        }
    }

    private static LoggedInteraction ReadRecord(ref MessagePackReader reader)
    {
        Require(reader.ReadArrayHeader() == 4, "it does not have 4 elements");
        long sequence = reader.ReadInt64();
        Require(sequence > 0, "its number is not positive");
        long time = reader.ReadInt64();
        Require(time >= EarliestMs && time <= LatestMs, "its time is none");
        Interaction body = ReadStep(ref reader);
        int count = reader.ReadArrayHeader();
        Require(count == 0 || body.Inputs.Count == 0, "it has inputs of its own and steps");
        Interaction record = count == 0 ? body : ReadSteps(ref reader, count, body);
        return new LoggedInteraction(sequence, DateTimeOffset.FromUnixTimeMilliseconds(time), record);
    }

    // The header of an array is refused by the reader itself when the bytes that remain are fewer than its elements.
    private static Interaction ReadSteps(ref MessagePackReader reader, int count, Interaction head)
    {
        var steps = new Interaction[count];
        for (int i = 0; i < count; i++)
            steps[i] = ReadStep(ref reader);
        return Interaction.Sequence(steps, head.Weight) with { StartsEpisode = head.StartsEpisode, Target = head.Target };
    }

    private static Interaction ReadStep(ref MessagePackReader reader)
    {
        Require(reader.ReadArrayHeader() == 4, "a step does not have 4 elements");
        bool startsEpisode = reader.ReadBoolean();
        float weight = reader.ReadSingle();
        Require(weight >= 0 && !float.IsInfinity(weight), "a weight is not finite or negative");
        IReadOnlyDictionary<string, HostTensor> inputs = ReadInputs(ref reader);
        return new Interaction(inputs, ReadTarget(ref reader), weight) { StartsEpisode = startsEpisode };
    }

    private static Dictionary<string, HostTensor> ReadInputs(ref MessagePackReader reader)
    {
        int count = reader.ReadMapHeader();
        var inputs = new Dictionary<string, HostTensor>(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string name = ReadName(ref reader);
            Require(!inputs.ContainsKey(name), "an input appears twice");
            inputs.Add(name, ReadTensor(ref reader));
        }

        return inputs;
    }

    private static string ReadName(ref MessagePackReader reader)
    {
        ReadOnlySequence<byte>? bytes = reader.ReadStringSequence();
        Require(bytes is { Length: <= RecordEncoder.MaxNameBytes }, "the name of an input is too long or none");
        return StrictUtf8.GetString(bytes!.Value.ToArray());
    }

    private static HostTensor ReadTensor(ref MessagePackReader reader)
    {
        Require(reader.ReadArrayHeader() == 3, "a tensor does not have 3 elements");
        int type = reader.ReadInt32();
        int axes = reader.ReadArrayHeader();
        Require(axes <= MaxAxes, "a tensor has too many axes");
        long[] shape = new long[axes];
        for (int i = 0; i < axes; i++)
            shape[i] = reader.ReadInt64();
        ReadOnlySequence<byte>? bytes = reader.ReadBytes();
        Require(bytes is not null, "a tensor has no bytes");
        return new HostTensor((TensorElementType)type, shape, bytes!.Value.ToArray());
    }

    private static Target ReadTarget(ref MessagePackReader reader)
    {
        Require(reader.ReadArrayHeader() == 3, "a target does not have 3 elements");
        long[]? classes = ReadClasses(ref reader);
        float[]? values = ReadValues(ref reader);
        long[]? allowed = ReadClasses(ref reader);
        Require(classes is null || values is null, "a target has classes and values");
        Require(allowed is null || classes is not null, "a target has allowed classes and no class");
        int[]? allowedClasses = allowed is null ? null : Array.ConvertAll(allowed, index => checked((int)index));
        if (classes is not null)
            return allowedClasses is null ? Target.Sequence(classes) : Target.Sequence(classes, allowedClasses);
        return values is null ? Target.None : Target.Regression(values);
    }

    private static long[]? ReadClasses(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        long[] classes = new long[reader.ReadArrayHeader()];
        for (int i = 0; i < classes.Length; i++)
            classes[i] = reader.ReadInt64();
        return classes;
    }

    private static float[]? ReadValues(ref MessagePackReader reader)
    {
        if (reader.ReadBytes() is not { } bytes)
            return null;
        Require(bytes.Length % sizeof(float) == 0, "the values of a target are no floats");
        return MemoryMarshal.Cast<byte, float>(bytes.ToArray()).ToArray();
    }

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static void Require(bool holds, string problem)
    {
        if (!holds)
            throw Refusal(problem);
    }

    private static MessagePackSerializationException Refusal(string problem) => new($"{problem}.");
}
