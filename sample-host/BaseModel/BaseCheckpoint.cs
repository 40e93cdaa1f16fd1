namespace Rival.BaseModel;

/// <summary>A file beside the model from which interrupted training goes on: the time so far, the stage, and what the stage keeps.</summary>
internal sealed class BaseCheckpoint(string path)
{
    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>Training where it was interrupted.</summary>
    /// <param name="Elapsed">The time so far.</param>
    /// <param name="Stages">What stages before the present one did.</param>
    /// <param name="WithPeople">Whether the people's turn had come.</param>
    /// <param name="Content">What the stage kept.</param>
    public sealed record State(TimeSpan Elapsed, IReadOnlyList<string> Stages, bool WithPeople, byte[] Content);

    /// <summary>Reads it; null when there is no file.</summary>
    public State? Read()
    {
        if (!File.Exists(path))
            return null;
        using FileStream file = File.OpenRead(path);
        using var reader = new BinaryReader(file);
        var elapsed = TimeSpan.FromSeconds(reader.ReadDouble());
        string[] stages = [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadString())];
        return new State(elapsed, stages, reader.ReadBoolean(), reader.ReadBytes((int)(file.Length - file.Position)));
    }

    /// <summary>Writes it, whole or not at all.</summary>
    public void Save(TimeSpan elapsed, IReadOnlyList<string> stages, BaseStage stage)
    {
        string temporary = path + ".new";
        using (FileStream file = File.Create(temporary))
        {
            var writer = new BinaryWriter(file);
            writer.Write(elapsed.TotalSeconds);
            writer.Write(stages.Count);
            foreach (string done in stages)
                writer.Write(done);
            writer.Write(stage is PeopleStage);
            writer.Flush();
            stage.Save(file);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
