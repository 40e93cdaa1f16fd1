namespace LoraEdge;

/// <summary>Files of a profile that are no adapters and stay on the device: what the plugin remembers of its learning.</summary>
internal sealed class LocalFiles(AdapterStorage storage, ProfilePaths paths, ProfileFolders folders)
{
    /// <summary>Path of a file.</summary>
    public string Path(string name) => System.IO.Path.Combine(paths.Folder, name);

    /// <summary>Reads a file; null when there is none.</summary>
    public byte[]? Read(string name) => storage.Settings.Files.FileExists(Path(name)) ? storage.Adapters.Read(Path(name), name) : null;

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <exception cref="StoreReadOnlyException">Another process writes to the folder.</exception>
    public void Write(string name, byte[] bytes)
    {
        storage.RequireWritable();
        storage.Adapters.Write(Path(name), bytes, name);
    }

    /// <summary>Deletes a file.</summary>
    public void Delete(string name) => storage.Settings.Files.Delete(Path(name));

    /// <summary>Moves a file, which is damaged, out of the way.</summary>
    /// <returns>Its new path.</returns>
    public string SetAside(string name) => folders.SetAside(Path(name));
}
