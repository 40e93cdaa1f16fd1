using System.Diagnostics;
using System.Globalization;

namespace LoraEdge;

/// <summary>
/// A host's storage folder: <c>device.id</c>, and <c>profiles/&lt;profile&gt;/</c> with <c>devices/</c>, <c>history/</c>,
/// <c>aside/</c> and <c>device.state</c>. One process writes to it; whoever opens it meanwhile reads only. docs/sync.md.
/// </summary>
public sealed class AdapterStorage : IDisposable
{
    private readonly IDisposable? _lock;
    private readonly string _identityPath;
    private bool _disposed;

    private AdapterStorage(string root, StorageSettings settings, IDisposable? held, string? owner)
    {
        Root = root;
        Settings = settings;
        Adapters = new AdapterFiles(settings.Files, settings.Key);
        _lock = held;
        Owner = owner;
        _identityPath = Path.Combine(root, "device.id");
    }

    /// <summary>Full path of the folder.</summary>
    public string Root { get; }

    /// <summary>This installation's id. Changes when it turns out that another installation has the same.</summary>
    public DeviceId Device { get; private set; }

    /// <summary>Whether another process writes to the folder.</summary>
    public bool IsReadOnly => _lock is null;

    /// <summary>Who does: process, machine, since when; null when this process does, or when it cannot be told.</summary>
    public string? Owner { get; }

    internal StorageSettings Settings { get; }

    internal AdapterFiles Adapters { get; }

    /// <summary>Opens a folder, made when there is none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="settings">How adapters are stored; null for the defaults.</param>
    /// <exception cref="InvalidOptionsException">The history's length is below 1.</exception>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    public static AdapterStorage Open(string folder, StorageSettings? settings = null)
    {
        settings ??= new StorageSettings();
        if (settings.Generations < 1)
            throw new InvalidOptionsException($"{nameof(StorageSettings)}.{nameof(StorageSettings.Generations)} is {settings.Generations}; it must be 1 or more, since the newest generation is one of them.");
        string root = Path.GetFullPath(folder);
        settings.Files.CreateFolder(root);
        string path = Path.Combine(root, "lock");
        IDisposable? held = settings.Files.TryLock(path, OwnerText(settings.Clock));
        var storage = new AdapterStorage(root, settings, held, held is null ? settings.Files.LockOwner(path) : null);
        try
        {
            storage.Identify();
            return storage;
        }
        catch
        {
            storage.Dispose();
            throw;
        }
    }

    /// <summary>Opens a profile. Reads its files.</summary>
    /// <param name="profile">Any name; names that differ in any character are different profiles.</param>
    /// <exception cref="InvalidInputException">The name is empty or not valid Unicode.</exception>
    /// <exception cref="IOException">A folder cannot be made, or a file not be moved.</exception>
    public ProfileStore OpenProfile(string profile) => new(this, profile);

    /// <summary>Lets another process write. The profiles are not used any more.</summary>
    public void Dispose()
    {
        _disposed = true;
        _lock?.Dispose();
    }

    /// <exception cref="StoreReadOnlyException">Another process writes to the folder.</exception>
    internal void RequireWritable()
    {
        if (_disposed)
            throw new ObjectDisposedException(nameof(AdapterStorage));
        if (IsReadOnly)
            throw new StoreReadOnlyException($"'{Root}' is open in another process ({Owner ?? "unknown"}), so nothing can be stored in it. End that process, or give this one a folder of its own.");
    }

    /// <summary>Gives up an id that another installation has too.</summary>
    internal void TakeNewId()
    {
        var device = DeviceId.Random();
        InstallationFile.Write(Settings.Files, _identityPath, device);
        Device = device;
    }

    /// <summary>Deletes what a crash has left of files that were being written. Those of other programs in the folder are left alone.</summary>
    internal void DeleteTemporaries(string folder, string startsWith = "")
    {
        foreach (string path in Settings.Files.Files(folder).Where(AtomicFile.IsTemporary).Where(path => Path.GetFileName(path).StartsWith(startsWith, StringComparison.Ordinal)))
            Settings.Files.Delete(path);
    }

    private void Identify()
    {
        if (!IsReadOnly)
            DeleteTemporaries(Root, Path.GetFileName(_identityPath));
        if (InstallationFile.Read(Settings.Files, _identityPath) is { } device)
            Device = device;
        else if (!IsReadOnly)
            TakeNewId();
    }

    private static string OwnerText(IHostClock clock) =>
        $"process {ProcessId()} on {Environment.MachineName} since {clock.UtcNow.ToString("u", CultureInfo.InvariantCulture)}";

    private static string ProcessId()
    {
        try
        {
            using Process process = Process.GetCurrentProcess();
            return process.Id.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is NotSupportedException or NotImplementedException)
        {
            return "unknown"; // Consoles and phones have no processes.
        }
    }
}
