namespace LoraEdge;

/// <summary>The last generations of a profile on this device, each a file of its own.</summary>
internal sealed class GenerationHistory(AdapterFiles adapters, ProfilePaths paths, int length)
{
    /// <summary>Every whole file, oldest first, tombstones among them.</summary>
    public IReadOnlyList<DeviceFile> Read() =>
        [.. DevicesFolder.Read(adapters, paths.History).Where(file => file.Digest.Length > 0).OrderBy(file => file.Origin.Generation)];

    /// <summary>Files that are not as they were written.</summary>
    public IEnumerable<DeviceFile> Damaged() => DevicesFolder.Read(adapters, paths.History).Where(file => file.State == DeviceFileState.Damaged);

    public void Write(long number, byte[] bytes) => adapters.Write(paths.Generation(number), bytes);

    /// <summary>Deletes all but the newest.</summary>
    public void Trim()
    {
        IReadOnlyList<DeviceFile> all = Read();
        foreach (DeviceFile old in all.Take(all.Count - length))
            adapters.Files.Delete(old.Path);
    }
}
