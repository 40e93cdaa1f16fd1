using System.Text;

namespace LoraEdge;

/// <summary>The machine's own file system.</summary>
public sealed class DiskFileSystem : IFileSystem
{
    private const int LongestOwner = 1024;

    private DiskFileSystem()
    {
    }

    /// <summary>The one instance.</summary>
    public static DiskFileSystem Instance { get; } = new();

    /// <inheritdoc />
    public bool FileExists(string path) => File.Exists(path);

    /// <inheritdoc />
    public IReadOnlyList<string> Files(string folder) => Directory.Exists(folder) ? Sorted(Directory.GetFiles(folder)) : [];

    /// <inheritdoc />
    public IReadOnlyList<FileStamp> Stamps(string folder)
    {
        var info = new DirectoryInfo(folder);
        return info.Exists
            ? [.. info.GetFiles().Where(file => file.Exists).Select(Stamp).OrderBy(stamp => stamp.Path, StringComparer.Ordinal)]
            : [];
    }

    /// <inheritdoc />
    public IReadOnlyList<string> Folders(string folder) => Directory.Exists(folder) ? Sorted(Directory.GetDirectories(folder)) : [];

    /// <inheritdoc />
    public void CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
            return;
        string? parent = Path.GetDirectoryName(folder);
        if (!string.IsNullOrEmpty(parent))
            CreateFolder(parent!);
        Directory.CreateDirectory(folder);
        SyncFolder(string.IsNullOrEmpty(parent) ? "." : parent!);
    }

    /// <inheritdoc />
    public Stream OpenRead(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (DirectoryNotFoundException error)
        {
            throw new FileNotFoundException(error.Message, path, error);
        }
    }

    /// <inheritdoc />
    public IFileWriter Create(string path) => new DiskFileWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read));

    /// <inheritdoc />
    public IFileWriter Append(string path)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        stream.Seek(0, SeekOrigin.End);
        return new DiskFileWriter(stream);
    }

    /// <inheritdoc />
    public void Replace(string from, string to) => FileReplacement.Rename(from, to);

    /// <inheritdoc />
    public void Delete(string path)
    {
        if (File.Exists(path))
            File.Delete(path);
    }

    /// <inheritdoc />
    public void DeleteFolder(string folder)
    {
        try
        {
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
                Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Someone else has just put a file there, or has it open.
        }
    }

    /// <inheritdoc />
    public void SyncFolder(string folder) => FileReplacement.TryFlushFolder(folder);

    // Systems limit the number of watchers, and some file systems have none.
    /// <inheritdoc />
    public IDisposable? Watch(string folder, Action changed)
    {
        try
        {
            var watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size };
            watcher.Changed += (_, _) => changed();
            watcher.Created += (_, _) => changed();
            watcher.Deleted += (_, _) => changed();
            watcher.Renamed += (_, _) => changed();
            watcher.Error += (_, _) => changed();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or PlatformNotSupportedException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // The system lets go of an open file when the process ends. The owner's name lies in a file of its own beside it, since
    // a locked file cannot be read everywhere.
    /// <inheritdoc />
    public IDisposable? TryLock(string path, string owner)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }

        File.WriteAllText(OwnerPath(path), owner);
        return stream;
    }

    /// <inheritdoc />
    public string? LockOwner(string path)
    {
        try
        {
            using var reader = new StreamReader(OpenRead(OwnerPath(path)), Encoding.UTF8);
            char[] owner = new char[LongestOwner];
            return new string(owner, 0, reader.Read(owner, 0, owner.Length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static FileStamp Stamp(FileInfo file)
    {
        try
        {
            return new FileStamp(file.FullName, file.Length, file.LastWriteTimeUtc);
        }
        catch (FileNotFoundException)
        {
            return new FileStamp(file.FullName, 0, default);
        }
    }

    private static string OwnerPath(string path) => path + ".owner";

    private static string[] Sorted(string[] paths)
    {
        Array.Sort(paths, StringComparer.Ordinal);
        return paths;
    }

    private sealed class DiskFileWriter(FileStream stream) : IFileWriter
    {
        public long Length => stream.Length;

        public void Write(ReadOnlySpan<byte> bytes)
        {
#if NETSTANDARD2_0
            byte[] rented = System.Buffers.ArrayPool<byte>.Shared.Rent(bytes.Length);
            bytes.CopyTo(rented);
            stream.Write(rented, 0, bytes.Length);
            System.Buffers.ArrayPool<byte>.Shared.Return(rented);
#else
            stream.Write(bytes);
#endif
        }

        public void Flush() => stream.Flush();

        public void Sync() => stream.Flush(flushToDisk: true);

        public void Truncate(long length) => stream.SetLength(length);

        public void Dispose() => stream.Dispose();
    }
}
