namespace LoraEdge;

/// <summary>
/// All that LoraEdge reads and writes on a player's machine goes through here: adapters, logs, checkpoints, locks. A host on
/// a console hands in its own, for the platform's save data. Paths are built with <see cref="Path"/>; calls may come from
/// several threads at once.
/// </summary>
/// <remarks>
/// What a crash leaves: bytes that were not followed by <see cref="IFileWriter.Sync"/> may be lost or torn, and a name that
/// was made, renamed or deleted may be as before until <see cref="SyncFolder"/>. Nothing else is relied on.
/// </remarks>
public interface IFileSystem
{
    /// <summary>Whether there is a file of this name.</summary>
    bool FileExists(string path);

    /// <summary>Full paths of the files in a folder, in ordinal order; none when there is no such folder.</summary>
    IReadOnlyList<string> Files(string folder);

    /// <summary>The files in a folder with their sizes and times, in ordinal order of their paths; none when there is no such folder.</summary>
    IReadOnlyList<FileStamp> Stamps(string folder);

    /// <summary>Full paths of the folders in a folder, in ordinal order; none when there is no such folder.</summary>
    IReadOnlyList<string> Folders(string folder);

    /// <summary>Makes a folder and those it lies in, where they do not exist; they survive a loss of power.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    void CreateFolder(string folder);

    /// <summary>Opens a file to read it. Others may read, replace and delete it meanwhile; the reader keeps what it opened.</summary>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    Stream OpenRead(string path);

    /// <summary>Makes a new file to write to.</summary>
    /// <exception cref="IOException">There is one already, or it cannot be made.</exception>
    IFileWriter Create(string path);

    /// <summary>Opens a file, made when there is none, to write behind what it holds.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    IFileWriter Append(string path);

    /// <summary>Renames a file over another one in the same folder, or where there is none, atomically.</summary>
    /// <exception cref="IOException">It cannot be renamed; both are as they were.</exception>
    void Replace(string from, string to);

    /// <summary>Deletes a file; does nothing when there is none.</summary>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    void Delete(string path);

    /// <summary>Deletes an empty folder; does nothing when there is none or it holds something.</summary>
    void DeleteFolder(string folder);

    /// <summary>Makes names that were made, renamed or deleted in a folder survive a loss of power, as far as the system allows.</summary>
    void SyncFolder(string folder);

    /// <summary>Asks to be told when something in a folder may have changed: on any thread, perhaps too often, perhaps not at all.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="changed">Called then; returns at once.</param>
    /// <returns>Ends the watch when disposed; null where folders cannot be watched.</returns>
    IDisposable? Watch(string folder, Action changed);

    /// <summary>
    /// Takes a lock that ends with its holder's process, however that ends. Within one process, too, only one holder has it.
    /// </summary>
    /// <param name="path">Path of the lock file, made when there is none.</param>
    /// <param name="owner">Who holds it, for messages of others: one line.</param>
    /// <returns>The lock, released when disposed; null when someone else holds it.</returns>
    IDisposable? TryLock(string path, string owner);

    /// <summary>What the holder of a lock called itself; null when it cannot be told.</summary>
    string? LockOwner(string path);
}

/// <summary>A file that is being written. Used by one thread at a time.</summary>
public interface IFileWriter : IDisposable
{
    /// <summary>Bytes in the file.</summary>
    long Length { get; }

    /// <summary>Writes at the end. After a crash any part of it may be there until <see cref="Sync"/>.</summary>
    /// <exception cref="IOException">The disk is full, or another failure; a part may have been written.</exception>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Hands to the operating system what is buffered, so that it outlives the process, though not a loss of power.</summary>
    void Flush();

    /// <summary>Returns when everything written is on the disk.</summary>
    void Sync();

    /// <summary>Cuts the file.</summary>
    /// <param name="length">At most <see cref="Length"/>.</param>
    void Truncate(long length);
}
