namespace LoraEdge;

/// <summary>
/// Reads a profile's files, does what they ask for where this process writes, and judges them. What was found is kept until the
/// host is told, whoever has looked: a poll, or the store itself before it writes.
/// </summary>
internal sealed class FolderReview(AdapterStorage storage, ProfilePaths paths, ProfileFolders folders, OwnGenerations own, FolderWatch watch)
{
    private DevicesReport _latest = new([], VersionVector.Empty);
    private SyncReport _untold = new();

    /// <summary>The files as they were read last; from any thread.</summary>
    public DevicesReport Latest => Volatile.Read(ref _latest);

    /// <summary>Reads the files again.</summary>
    /// <param name="isOwnChange">Whether this process has just changed the effective adapter itself, which is no news.</param>
    /// <exception cref="IOException">A file cannot be moved or deleted.</exception>
    public void Refresh(bool isOwnChange = false)
    {
        watch.See();
        string? before = EffectiveDigest();
        DevicesReport found = Judge();
        if (!storage.IsReadOnly)
            found = Tidy(found);
        Tell(new SyncReport { Ignored = [.. found.Files.Where(file => file.State == DeviceFileState.Ignored && !IsKnown(file))] });
        Volatile.Write(ref _latest, found);
        Tell(new SyncReport { EffectiveChanged = !isOwnChange && EffectiveDigest() != before });
    }

    /// <summary>What was found since the last call.</summary>
    public SyncReport TakeUntold()
    {
        SyncReport untold = _untold;
        _untold = new SyncReport();
        return untold;
    }

    /// <summary>Does what the files ask for.</summary>
    /// <returns>The files afterwards.</returns>
    private DevicesReport Tidy(DevicesReport found)
    {
        var report = new SyncReport { SetAside = folders.SetAside(found), Identity = own.CheckIdentity(found) };
        if (own.Restore(found) || !report.IsEmpty)
            found = Judge();
        Tell(report);
        IReadOnlyList<string> forgotten = folders.DeleteForgotten(found);
        Tell(new SyncReport { Forgotten = forgotten });
        return forgotten.Count > 0 ? Judge() : found;
    }

    private void Tell(SyncReport found) => _untold = _untold.With(found);

    private bool IsKnown(DeviceFile file) => Latest.Files.Any(known => known.State == file.State && known.Path == file.Path && known.Digest == file.Digest);

    private DevicesReport Judge() => HeadSelection.Judge(DevicesFolder.Read(storage.Adapters, paths.Devices), storage.Settings.Wanted);

    private string? EffectiveDigest() => Latest.Effective is { } effective ? DevicesFolder.Digest(effective.Bytes.ToArray()) : null;
}
