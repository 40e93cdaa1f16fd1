namespace LoraEdge.Storage;

/// <summary>Where adapters live: <c>profiles/&lt;profile&gt;/devices/&lt;device&gt;.lora</c> under the host's folder.</summary>
internal sealed class AdapterStore(string? folder, AdapterPrecision precision)
{
    // There is one device until adapters travel between devices.
    private const string Device = "local";

    /// <summary>Path of a profile's adapter; null when the host stores none.</summary>
    /// <exception cref="InvalidInputException">The name cannot be a profile's.</exception>
    public string? PathOf(string profile)
    {
        string encoded = FolderName.Encode(profile);
        return folder is null ? null : Path.Combine(Path.GetFullPath(folder), "profiles", encoded, "devices", Device + ".lora");
    }

    /// <summary>The stored adapter; null when there is none.</summary>
    /// <exception cref="AdapterFormatException">The file is damaged.</exception>
    public Adapter? Load(string profile) => PathOf(profile) is { } path && File.Exists(path) ? AdapterFile.Load(path) : null;

    /// <summary>The adapter as it will be read back once it is stored.</summary>
    /// <exception cref="AdapterFormatException">The adapter breaks a rule of the format.</exception>
    public StoredAdapter Encode(string profile, Adapter adapter)
    {
        byte[] bytes = AdapterFile.Write(adapter, precision);
        return new StoredAdapter(AdapterFile.Read(bytes, $"The adapter of '{profile}'"), PathOf(profile), bytes.LongLength);
    }

    /// <summary>Stores an adapter, whole or not at all; does nothing when the host stores none.</summary>
    /// <exception cref="IOException">The file cannot be written; the old one is as it was.</exception>
    public void Save(StoredAdapter stored)
    {
        if (stored.Path is null)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(stored.Path)!);
        AdapterFile.Save(stored.Adapter, stored.Path, precision);
    }
}
