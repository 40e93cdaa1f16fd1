using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LoraEdge.Training.Adaptation;

namespace LoraEdge.Training;

/// <summary>
/// Weights and optimizer state of a full fine-tuning, to go on where it stopped. A local file, not an exchange format: a
/// header, for every weight its name, values and two moments, and the SHA-256 of all that, checked before any of it is used.
/// </summary>
internal static class TrainingCheckpoint
{
    private const uint Magic = 0x3243454C; // "LEC2"
    private const int DigestLength = 32;
    private const string Advice = "; delete it to start training afresh.";

    /// <summary>Writes a checkpoint.</summary>
    /// <exception cref="TrainingFailedException">A number is not finite; nothing was written.</exception>
    public static void Write(Stream stream, ModelFingerprint model, FullWeights weights, AdamW optimizer)
    {
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content);
        writer.Write(Magic);
        writer.Write(model.Bytes.ToArray());
        writer.Write(optimizer.Steps);
        float[][] values = weights.Capture();
        writer.Write(values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            writer.Write(weights.Names[i]);
            foreach (float[] part in new[] { values[i], optimizer.First[i], optimizer.Second[i] })
            {
                ParameterValues.RequireFinite(weights.Names[i], part);
                writer.Write(MemoryMarshal.AsBytes(part.AsSpan()).ToArray());
            }
        }

        byte[] bytes = content.ToArray();
        stream.Write(bytes, 0, bytes.Length);
        stream.Write(Digest(bytes, bytes.Length), 0, DigestLength);
    }

    /// <summary>Reads a checkpoint, the rest of the stream, into weights and optimizer.</summary>
    /// <exception cref="ModelFormatException">The checkpoint is damaged or belongs to another model; nothing was changed.</exception>
    public static void Read(Stream stream, ModelFingerprint model, FullWeights weights, AdamW optimizer)
    {
        using var content = new MemoryStream();
        stream.CopyTo(content);
        byte[] bytes = content.ToArray();
        int length = bytes.Length - DigestLength;
        if (length < sizeof(uint) + ModelFingerprint.Length || BitConverter.ToUInt32(bytes, 0) != Magic)
            throw new ModelFormatException("The checkpoint is not one of this version of LoraEdge" + Advice);
        if (!Digest(bytes, length).AsSpan().SequenceEqual(bytes.AsSpan(length)))
            throw new ModelFormatException("The checkpoint is truncated or damaged" + Advice);
        if (new ModelFingerprint(bytes.AsSpan(sizeof(uint), ModelFingerprint.Length).ToArray()) != model)
            throw new ModelFormatException("The checkpoint belongs to another model" + Advice);
        content.SetLength(length);
        content.Position = sizeof(uint) + ModelFingerprint.Length;
        Apply(content, weights, optimizer);
    }

    private static void Apply(Stream content, FullWeights weights, AdamW optimizer)
    {
        using var reader = new BinaryReader(content);
        long steps = reader.ReadInt64();
        bool fits = reader.ReadInt32() == weights.Names.Count;
        var values = new float[weights.Names.Count][];
        var moments = new List<(float[] First, float[] Second)>();
        for (int i = 0; fits && i < values.Length; i++)
        {
            fits = reader.ReadString() == weights.Names[i];
            int length = fits ? optimizer.First[i].Length : 0;
            values[i] = ReadFloats(reader, length);
            moments.Add((ReadFloats(reader, length), ReadFloats(reader, length)));
        }

        if (!fits)
            throw new ModelFormatException("The checkpoint holds other weights of the model than this objective trains" + Advice);
        weights.Restore(values);
        optimizer.Restore(steps, [.. moments.Select(pair => pair.First)], [.. moments.Select(pair => pair.Second)]);
    }

    private static float[] ReadFloats(BinaryReader reader, int count) =>
        MemoryMarshal.Cast<byte, float>(reader.ReadBytes(count * sizeof(float))).ToArray();

    private static byte[] Digest(byte[] bytes, int length)
    {
        using var sha = SHA256.Create();
        return sha.ComputeHash(bytes, 0, length);
    }
}
