using LoraEdge.Training.Adaptation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>Weights and optimizer state of a full fine-tuning, to go on where it stopped. A local file, not an exchange format.</summary>
internal static class TrainingCheckpoint
{
    private const uint Magic = 0x4B43454C; // "LECK"

    /// <summary>Writes a checkpoint.</summary>
    public static void Write(Stream stream, ModelFingerprint model, FullWeights weights, OptimizerHelper optimizer, long steps)
    {
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(model.Bytes.ToArray());
        writer.Write(steps);
        foreach (float[] values in weights.Capture())
        {
            writer.Write(values.Length);
            foreach (float value in values)
                writer.Write(value);
        }

        optimizer.save_state_dict(writer);
    }

    /// <summary>Reads a checkpoint and returns the number of steps done.</summary>
    /// <exception cref="ModelFormatException">The checkpoint is damaged or belongs to another model.</exception>
    public static long Read(Stream stream, ModelFingerprint model, FullWeights weights, OptimizerHelper optimizer)
    {
        using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        try
        {
            if (reader.ReadUInt32() != Magic)
                throw new ModelFormatException("The checkpoint is not one of LoraEdge; delete it to start training afresh.");
            if (new ModelFingerprint(reader.ReadBytes(ModelFingerprint.Length)) != model)
                throw new ModelFormatException("The checkpoint belongs to another model; delete it to start training afresh.");
            long steps = reader.ReadInt64();
            weights.Restore([.. weights.Parameters.Select(parameter => ReadValues(reader, parameter))]);
            optimizer.load_state_dict(reader);
            return steps;
        }
        catch (Exception error) when (error is EndOfStreamException or ArgumentException)
        {
            throw new ModelFormatException("The checkpoint is truncated or damaged; delete it to start training afresh.", error);
        }
    }

    private static float[] ReadValues(BinaryReader reader, Parameter parameter)
    {
        int count = reader.ReadInt32();
        if (count != parameter.numel())
            throw new ModelFormatException("The checkpoint's weights have other sizes than the model's; delete it to start training afresh.");
        var values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = reader.ReadSingle();
        return values;
    }
}
