using LoraEdge;

namespace Rival.Adaptation;

/// <summary>
/// A folder of adapters to hand on, one file a player, where a plugin looks for what other devices have learned: a host that
/// opens it as its storage folder serves them. The files name no device, so the same training gives the same bytes.
/// </summary>
/// <param name="folder">The folder.</param>
public sealed class AdapterFolder(string folder)
{
    /// <summary>Path of a player's adapter.</summary>
    /// <exception cref="InvalidInputException">The name is not valid Unicode.</exception>
    public string PathOf(string player) => Path.Combine(Path.GetFullPath(folder), "profiles", FolderName.Encode(player), "devices", "local.lora");

    /// <summary>Refuses to write over a file that is no adapter of the model: nobody has said that it may go.</summary>
    /// <exception cref="AdapterFormatException">The file is damaged or another kind of file.</exception>
    /// <exception cref="AdapterMismatchException">It is for another model.</exception>
    public void RequireReplaceable(string player, ModelFingerprint model)
    {
        string path = PathOf(player);
        if (File.Exists(path) && AdapterFile.Load(path).Model != model)
            throw new AdapterMismatchException($"{path} is an adapter for another model; it is left as it is. Move it away, or give another folder.");
    }

    /// <summary>Stores a player's adapter.</summary>
    /// <returns>Path and size of the file.</returns>
    /// <exception cref="IOException">It cannot be written; the old one is as it was.</exception>
    public (string Path, long Bytes) Save(string player, Adapter adapter)
    {
        string path = PathOf(player);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AdapterFile.Save(Bare(adapter), path);
        return (path, new FileInfo(path).Length);
    }

    /// <summary>What was learned alone, without what says which device learned it and when.</summary>
    public static Adapter Bare(Adapter adapter) => new()
    {
        Model = adapter.Model,
        Projection = adapter.Projection,
        Rank = adapter.Rank,
        Scale = adapter.Scale,
        Targets = adapter.Targets,
        Training = adapter.Training,
    };
}
