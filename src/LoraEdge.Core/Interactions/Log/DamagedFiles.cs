namespace LoraEdge;

/// <summary>Keeps a copy of what was damaged, beside the log, and reports it.</summary>
internal sealed class DamagedFiles(IFileSystem files, Action<LogReport> report)
{
    public const string Extension = ".damaged";

    /// <summary>Writes the copy. The log's own file is changed afterwards, so that a crash between loses nothing.</summary>
    /// <param name="path">The damaged file.</param>
    /// <param name="content">All of it.</param>
    /// <param name="kept">Records that the log keeps.</param>
    /// <param name="unreadable">Bytes that it does not.</param>
    public void SetAside(string path, byte[] content, long kept, long unreadable)
    {
        string aside = FreeName(path);
        files.WriteAtomic(aside, content);
        report(new LogReport(LogReportKind.Damaged, aside, kept, unreadable,
            $"{path} is damaged: {unreadable} of its {content.Length} bytes cannot be read, {kept} records were kept. All of it was set aside as {aside}; delete that when it is of no use."));
    }

    private string FreeName(string path)
    {
        string name = path + Extension;
        for (int i = 2; files.FileExists(name); i++)
            name = $"{path}.{i}{Extension}";
        return name;
    }
}
