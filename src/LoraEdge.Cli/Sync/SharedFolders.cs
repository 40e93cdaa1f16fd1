namespace LoraEdge.Cli.Sync;

/// <summary>The devices folders that a path stands for.</summary>
internal static class SharedFolders
{
    /// <summary>Those of all profiles of a storage folder, that of a profile, or the folder itself; full paths.</summary>
    /// <exception cref="InvalidOptionsException">There is none.</exception>
    public static IReadOnlyList<string> Find(string directory)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (!Directory.Exists(full))
            throw new InvalidOptionsException($"'{directory}' does not exist or is no folder. Name a devices folder, or the storage folder that it lies in.");
        string profiles = Path.Combine(full, "profiles"), devices = Path.Combine(full, "devices");
        if (!Directory.Exists(profiles))
            return [Directory.Exists(devices) ? devices : full];
        string[] found = [.. Directory.GetDirectories(profiles).Order(StringComparer.Ordinal).Select(profile => Path.Combine(profile, "devices")).Where(Directory.Exists)];
        return found.Length > 0 ? found : throw new InvalidOptionsException($"'{directory}' is a storage folder without a profile that has adapters.");
    }
}
