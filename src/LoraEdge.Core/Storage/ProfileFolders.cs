namespace LoraEdge;

/// <summary>What is moved and deleted in a profile's folders.</summary>
internal sealed class ProfileFolders(AdapterStorage storage, ProfilePaths paths, GenerationHistory history)
{
    private IFileSystem Files => storage.Settings.Files;

    /// <summary>Makes the folders, and deletes what a crash has left in them.</summary>
    public void Prepare()
    {
        Files.CreateFolder(paths.Devices);
        Files.CreateFolder(paths.History);
        storage.DeleteTemporaries(paths.Folder);
        storage.DeleteTemporaries(paths.History);
        storage.DeleteTemporaries(paths.Aside);
        storage.DeleteTemporaries(paths.Devices, storage.Device.ToString());
    }

    /// <summary>Moves damaged files out of the folders.</summary>
    /// <returns>Those that were moved, by their new path.</returns>
    public List<DeviceFile> SetAside(DevicesReport found)
    {
        var moved = new List<DeviceFile>();
        foreach (DeviceFile file in found.Files.Concat(history.Damaged()).Where(file => file.State == DeviceFileState.Damaged))
        {
            try
            {
                moved.Add(file with { Path = SetAside(file.Path) });
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or AdapterFormatException)
            {
                // It has just gone, or someone has it open: it is looked at again when the folder changes.
            }
        }

        return moved;
    }

    /// <summary>Moves a damaged file. Copies first and deletes afterwards, so that a crash loses nothing. One copy of a content is enough.</summary>
    /// <returns>Its new path.</returns>
    public string SetAside(string file)
    {
        byte[] bytes = BoundedFile.Read(Files, file);
        string ending = "." + DevicesFolder.Digest(bytes).Substring(0, 16);
        Files.CreateFolder(paths.Aside);
        string? copy = Files.Files(paths.Aside).FirstOrDefault(path => path.EndsWith(ending, StringComparison.Ordinal) && BoundedFile.Read(Files, path).SequenceEqual(bytes));
        if (copy is null)
            Files.WriteAtomic(copy = Path.Combine(paths.Aside, Path.GetFileName(file) + ending), bytes);
        Files.Delete(file);
        return copy;
    }

    /// <summary>Deletes every adapter, whole or not, and leaves the tombstones.</summary>
    public List<string> DeleteAll() => Delete([.. Paths(file => file.State != DeviceFileState.Tombstone), .. Files.Files(paths.Aside)]);

    /// <summary>Deletes what another device forgot; with a history, also what was set aside while it grew.</summary>
    public List<string> DeleteForgotten(DevicesReport found)
    {
        if (found.Forgotten.Counts.Count == 0)
            return [];
        string[] forgotten = Paths(file => file.Adapter is not null && !file.Origin.Vector.Includes(found.Forgotten));
        bool ownHistory = forgotten.Any(path => Path.GetDirectoryName(path) == paths.History);
        return Delete(ownHistory ? [.. forgotten, .. Files.Files(paths.Aside)] : forgotten);
    }

    private string[] Paths(Func<DeviceFile, bool> condition) =>
        [.. DevicesFolder.Read(storage.Adapters, paths.Devices).Concat(DevicesFolder.Read(storage.Adapters, paths.History)).Where(condition).Select(file => file.Path)];

    /// <summary>Deletes files, so that they stay deleted after a loss of power.</summary>
    public List<string> Delete(IReadOnlyList<string> deleted)
    {
        foreach (string path in deleted)
            Files.Delete(path);
        foreach (string folder in deleted.Select(path => Path.GetDirectoryName(path)!).Distinct())
            Files.SyncFolder(folder);
        return [.. deleted];
    }
}
