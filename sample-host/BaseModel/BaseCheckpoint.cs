using System.Security.Cryptography;
using LoraEdge;

namespace Rival.BaseModel;

/// <summary>
/// A file beside the model from which interrupted training goes on: the time so far, the stage, and what the stage keeps, with
/// the SHA-256 of all that at its end.
/// </summary>
internal sealed class BaseCheckpoint(string path)
{
    private const uint Magic = 0x31434252; // "RBC1"

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>Training where it was interrupted.</summary>
    /// <param name="Elapsed">The time so far.</param>
    /// <param name="Stages">What stages before the present one did.</param>
    /// <param name="WithPeople">Whether the people's turn had come.</param>
    /// <param name="Content">What the stage kept.</param>
    public sealed record State(TimeSpan Elapsed, IReadOnlyList<string> Stages, bool WithPeople, byte[] Content);

    /// <summary>Reads it; null when there is no file.</summary>
    /// <exception cref="ModelFormatException">It is damaged, or no checkpoint.</exception>
    public State? Read()
    {
        if (!File.Exists(path))
            return null;
        byte[] bytes = File.ReadAllBytes(path);
        int length = bytes.Length - SHA256.HashSizeInBytes;
        if (length < sizeof(uint) || BitConverter.ToUInt32(bytes) != Magic || !SHA256.HashData(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(bytes.AsSpan(length)))
            throw new ModelFormatException($"The checkpoint '{path}' is truncated, damaged or of another version. Delete it to start afresh.");
        using var reader = new BinaryReader(new MemoryStream(bytes, sizeof(uint), length - sizeof(uint)));
        var elapsed = TimeSpan.FromSeconds(reader.ReadDouble());
        string[] stages = [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadString())];
        return new State(elapsed, stages, reader.ReadBoolean(), reader.ReadBytes(length));
    }

    /// <summary>Opens the stage that a checkpoint was written in.</summary>
    /// <exception cref="ModelFormatException">What the stage kept does not go with the options.</exception>
    public T Open<T>(Func<T> stage)
        where T : BaseStage
    {
        try
        {
            return stage();
        }
        catch (Exception error) when (error is ModelFormatException or AdapterFormatException)
        {
            throw new ModelFormatException($"{error.Message} The checkpoint is '{path}'.", error);
        }
    }

    /// <summary>Writes it, whole or not at all.</summary>
    /// <exception cref="TrainingFailedException">The stage has weights that are not finite; a former checkpoint stays.</exception>
    public void Save(TimeSpan elapsed, IReadOnlyList<string> stages, BaseStage stage)
    {
        using var content = new MemoryStream();
        var writer = new BinaryWriter(content);
        writer.Write(Magic);
        writer.Write(elapsed.TotalSeconds);
        writer.Write(stages.Count);
        foreach (string done in stages)
            writer.Write(done);
        writer.Write(stage is PeopleStage);
        writer.Flush();
        stage.Save(content);
        writer.Write(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length)));
        writer.Flush();
        string temporary = path + ".new";
        File.WriteAllBytes(temporary, content.ToArray());
        File.Move(temporary, path, overwrite: true);
    }
}
