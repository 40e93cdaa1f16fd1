namespace LoraEdge;

/// <summary>
/// Notices that the files of a folder changed. The listing decides: names, sizes, times. A watcher, where there is one, only
/// makes the next look come before its time, since watchers miss changes and tell of some that are none.
/// </summary>
internal sealed class FolderWatch : IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly IHostClock _clock;
    private readonly TimeSpan _interval;
    private readonly IDisposable? _watcher;
    private IReadOnlyList<FileStamp> _seen = [];
    private TimeSpan _next;
    private volatile bool _told;

    public FolderWatch(IFileSystem files, string folder, IHostClock clock, TimeSpan interval)
    {
        _files = files;
        _folder = folder;
        _clock = clock;
        _interval = interval;
        _watcher = files.Watch(folder, () => _told = true);
        See();
    }

    /// <summary>Whether the folder has changed since it was last seen. Looks only when told, or when the interval has passed.</summary>
    public bool HasChanged()
    {
        if (!_told && _clock.Elapsed < _next)
            return false;
        IReadOnlyList<FileStamp> before = _seen;
        See();
        return !_seen.SequenceEqual(before);
    }

    /// <summary>Takes the folder as it is for seen: called before its files are read.</summary>
    public void See()
    {
        _told = false;
        _next = _clock.Elapsed + _interval;
        _seen = _files.Stamps(_folder);
    }

    public void Dispose() => _watcher?.Dispose();
}
