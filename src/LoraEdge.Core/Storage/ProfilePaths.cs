using System.Globalization;

namespace LoraEdge;

/// <summary>Where the files of one profile lie. Every name is encoded, so that none can leave the storage folder.</summary>
/// <param name="root">The storage folder, a full path.</param>
/// <param name="profile">The profile's name.</param>
/// <exception cref="InvalidInputException">The name is empty or not valid Unicode.</exception>
internal sealed class ProfilePaths(string root, string profile)
{
    public string Folder { get; } = Path.Combine(root, "profiles", FolderName.Encode(profile));

    /// <summary>The only folder that is meant to be synced.</summary>
    public string Devices => Path.Combine(Folder, "devices");

    public string History => Path.Combine(Folder, "history");

    /// <summary>Damaged files are moved here.</summary>
    public string Aside => Path.Combine(Folder, "aside");

    public string State => Path.Combine(Folder, "device.state");

    public string Adapter(DeviceId device) => Path.Combine(Devices, device + DevicesFolder.Extension);

    /// <summary>What an installation wrote under an id that it gave up to a clone.</summary>
    public string OfClone(DeviceFile own) => Path.Combine(Devices, $"{own.Origin.Device}.{own.Digest.Substring(0, 8)}{DevicesFolder.Extension}");

    /// <summary>A file of its own, so that it stays when the player is learned anew.</summary>
    public string Tombstone(DeviceId device) => Path.Combine(Devices, device + ".forgotten" + DevicesFolder.Extension);

    public string Generation(long number) => Path.Combine(History, number.ToString("D8", CultureInfo.InvariantCulture) + DevicesFolder.Extension);
}
