using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace LoraEdge.Training;

/// <summary>
/// A session's <see cref="TrainingState"/> as bytes. A local file, not an exchange format: a magic number with the version, the
/// terms of the session, the numbers of the state, and the SHA-256 of all that, checked before any of it is used.
/// </summary>
internal static class SessionCheckpoint
{
    private const uint Magic = 0x3153454C; // "LES1"
    private const int DigestLength = 32;

    /// <summary>Writes a checkpoint.</summary>
    public static byte[] Write(string terms, TrainingState state)
    {
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content);
        writer.Write(Magic);
        byte[] text = Encoding.UTF8.GetBytes(terms);
        writer.Write(text.Length);
        writer.Write(text);
        Write(writer, state.Counters);
        writer.Write(state.Clamped);
        writer.Write(state.GradientScale);
        Write(writer, state.Evaluation);
        foreach (float[] values in new[] { state.Values, state.Best, state.First, state.Second }.SelectMany(part => part))
            writer.Write(MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        writer.Write(Digest(content.ToArray(), (int)content.Length));
        return content.ToArray();
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="checkpoint">The bytes.</param>
    /// <param name="terms">The terms under which the session is to go on.</param>
    /// <param name="lengths">Numbers of each parameter.</param>
    /// <exception cref="InvalidCheckpointException">It is damaged, of another version, or was made under other terms.</exception>
    public static TrainingState Read(ReadOnlyMemory<byte> checkpoint, string terms, IReadOnlyList<int> lengths)
    {
        byte[] bytes = checkpoint.ToArray();
        int length = bytes.Length - DigestLength;
        if (length < 2 * sizeof(int) || BitConverter.ToUInt32(bytes, 0) != Magic)
            throw Refusal("is not one of this version of LoraEdge");
        if (!Digest(bytes, length).AsSpan().SequenceEqual(bytes.AsSpan(length)))
            throw Refusal("is truncated or damaged");
        using var content = new MemoryStream(bytes, 0, length);
        using var reader = new BinaryReader(content);
        try
        {
            content.Position = sizeof(uint);
            RequireTerms(Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadInt32())), terms);
            TrainingState state = ReadState(reader, lengths);
            return content.Position == length ? state : throw Refusal($"holds {length - content.Position} bytes more than the adapter asks for");
        }
        catch (Exception error) when (error is EndOfStreamException or ArgumentOutOfRangeException)
        {
            throw Refusal("ends before the adapter does");
        }
    }

    private static void RequireTerms(string found, string expected)
    {
        if (found == expected)
            return;
        (string there, string here) = SessionTerms.FirstDifference(found, expected);
        throw Refusal($"was made by a session with {there}, but this one has {here}");
    }

    private static void Write(BinaryWriter writer, TrainingCounters counters)
    {
        writer.Write(counters.Step);
        writer.Write(counters.BestStep);
        writer.Write(counters.Stale);
        writer.Write(counters.BaseLoss);
        writer.Write(counters.BestLoss);
        writer.Write(counters.HeldOutLoss);
        writer.Write(counters.EarlierLoss);
        writer.Write(counters.LossSum);
        writer.Write(counters.LossCount);
    }

    private static void Write(BinaryWriter writer, HeldOutSums? evaluation)
    {
        HeldOutSums sums = evaluation ?? default;
        writer.Write(evaluation is not null);
        writer.Write(sums.Batches);
        writer.Write(sums.Losses);
        writer.Write(sums.Weights);
    }

    // Arguments and initializers are evaluated in the order in which they are written.
    private static TrainingState ReadState(BinaryReader reader, IReadOnlyList<int> lengths) => new(
        ReadCounters(reader), reader.ReadInt64(), reader.ReadDouble(), ReadEvaluation(reader),
        ReadParameters(reader, lengths), ReadParameters(reader, lengths), ReadParameters(reader, lengths), ReadParameters(reader, lengths));

    private static TrainingCounters ReadCounters(BinaryReader reader) => new()
    {
        Step = reader.ReadInt64(),
        BestStep = reader.ReadInt64(),
        Stale = reader.ReadInt32(),
        BaseLoss = reader.ReadDouble(),
        BestLoss = reader.ReadDouble(),
        HeldOutLoss = reader.ReadDouble(),
        EarlierLoss = reader.ReadDouble(),
        LossSum = reader.ReadDouble(),
        LossCount = reader.ReadInt32(),
    };

    private static HeldOutSums? ReadEvaluation(BinaryReader reader)
    {
        bool exists = reader.ReadBoolean();
        var sums = new HeldOutSums(reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble());
        return exists ? sums : null;
    }

    private static float[][] ReadParameters(BinaryReader reader, IReadOnlyList<int> lengths) => [.. lengths.Select(length =>
    {
        byte[] bytes = reader.ReadBytes(length * sizeof(float));
        return bytes.Length == length * sizeof(float) ? MemoryMarshal.Cast<byte, float>(bytes).ToArray() : throw new EndOfStreamException();
    })];

    private static byte[] Digest(byte[] bytes, int length)
    {
        using var sha = SHA256.Create();
        return sha.ComputeHash(bytes, 0, length);
    }

    private static InvalidCheckpointException Refusal(string problem) => new($"The checkpoint {problem}. Delete it and start training afresh; nothing was changed.");
}
