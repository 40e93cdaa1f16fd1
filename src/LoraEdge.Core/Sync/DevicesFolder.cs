using System.Security.Cryptography;

namespace LoraEdge;

/// <summary>
/// A folder of adapter files that a copier may carry between devices. Every file whose name ends in <c>.lora</c> is read; what
/// it is, its content tells, so that a copier's conflict copies count like any other file.
/// </summary>
public static class DevicesFolder
{
    /// <summary>Extension of adapter files.</summary>
    public const string Extension = ".lora";

    /// <summary>Reads the folder and judges what lies in it. Changes nothing.</summary>
    /// <param name="folder">The folder; an empty report when there is none.</param>
    /// <param name="wanted">Which adapters to combine; null for those with the most records.</param>
    /// <param name="files">Where it lies; null for the machine's file system.</param>
    public static DevicesReport Read(string folder, WantedAdapter? wanted = null, IFileSystem? files = null) =>
        HeadSelection.Judge(Read(new AdapterFiles(files ?? DiskFileSystem.Instance), folder), wanted ?? new WantedAdapter());

    /// <summary>Reads the folder's files. All are heads that are not damaged, unreadable or tombstones.</summary>
    internal static IReadOnlyList<DeviceFile> Read(AdapterFiles storage, string folder)
    {
        var read = new List<DeviceFile>();
        long bytes = 0;
        foreach (FileStamp stamp in storage.Files.Stamps(folder).Where(stamp => stamp.Path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)))
        {
            if (stamp.Length > AdapterLimits.MaxFileBytes || read.Count >= SyncLimits.MaxFiles || bytes + stamp.Length > SyncLimits.MaxFolderBytes)
            {
                read.Add(Unreadable(stamp.Path, $"a file may have {AdapterLimits.MaxFileBytes} bytes, a folder {SyncLimits.MaxFiles} files of {SyncLimits.MaxFolderBytes} bytes together"));
                continue;
            }

            bytes += stamp.Length;
            read.Add(ReadFile(storage, stamp.Path));
        }

        return read;
    }

    /// <summary>Reads one file.</summary>
    internal static DeviceFile ReadFile(AdapterFiles storage, string path)
    {
        try
        {
            return Decode(storage.Read(path), path);
        }
        catch (Exception e) when (e is AdapterFormatException { IsNewerVersion: true } or AdapterFormatException { InnerException: IOException } or IOException or UnauthorizedAccessException)
        {
            return Unreadable(path, e.Message);
        }
        catch (Exception e) when (e is AdapterFormatException or EncryptedFileException)
        {
            return new DeviceFile { Path = path, State = DeviceFileState.Damaged, Reason = e.Message };
        }
    }

    /// <summary>What a file's bytes are.</summary>
    /// <exception cref="AdapterFormatException">They are not an adapter file, damaged, or of a newer version.</exception>
    internal static DeviceFile Decode(byte[] bytes, string path)
    {
        string digest = Digest(bytes);
        if (TombstoneFile.TryRead(bytes, path) is { } deletion)
            return new DeviceFile { Path = path, Digest = digest, Origin = deletion, State = DeviceFileState.Tombstone };
        Adapter adapter = AdapterFile.Read(bytes, path, out AdapterPrecision precision);
        return new DeviceFile { Path = path, Digest = digest, Origin = AdapterOrigin.Of(adapter, path), Adapter = adapter, Precision = precision };
    }

    /// <summary>SHA-256 in hexadecimal digits.</summary>
    internal static string Digest(byte[] bytes)
    {
        using SHA256 sha = SHA256.Create();
        return new ModelFingerprint(sha.ComputeHash(bytes)).ToString();
    }

    private static DeviceFile Unreadable(string path, string reason) => new() { Path = path, State = DeviceFileState.Ignored, Reason = reason };
}
