namespace LoraEdge;

/// <summary>Keeps a copy of what was damaged, beside the log, and reports it.</summary>
internal sealed class DamagedFiles(IFileSystem files, Action<LogReport> report)
{
    public const string Extension = ".damaged";

    /// <summary>Writes the copy, unless there is one with this content. The log's own file is changed afterwards, so that a crash between loses nothing.</summary>
    /// <param name="path">The damaged file.</param>
    /// <param name="content">All of it.</param>
    /// <param name="kept">Records that the log keeps.</param>
    /// <param name="unreadable">Bytes that it does not.</param>
    public void SetAside(string path, byte[] content, long kept, long unreadable)
    {
        string aside = Name(path, name => Holds(name, content));
        if (!files.FileExists(aside))
            files.WriteAtomic(aside, content);
        report(new LogReport(LogReportKind.Damaged, aside, kept, unreadable,
            $"{path} is damaged: {unreadable} of its {content.Length} bytes cannot be read, {kept} records were kept. All of it was set aside as {aside}; delete that when it is of no use."));
    }

    /// <summary>Moves a file that is too large to be one of a log.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reason">What is wrong with it.</param>
    public void Move(string path, string reason)
    {
        string aside = Name(path, _ => false);
        files.Replace(path, aside);
        report(new LogReport(LogReportKind.Damaged, aside, 0, 0, $"{reason} It was set aside as {aside}."));
    }

    /// <summary>The first name for a file that nothing has, or what is wanted.</summary>
    private string Name(string path, Func<string, bool> isWanted)
    {
        string name = path + Extension;
        for (int i = 2; files.FileExists(name) && !isWanted(name); i++)
            name = $"{path}.{i}{Extension}";
        return name;
    }

    private bool Holds(string path, byte[] content)
    {
        using (Stream stream = files.OpenRead(path))
        {
            if (stream.Length != content.Length)
                return false;
        }

        return files.TryRead(path) is { } there && there.AsSpan().SequenceEqual(content);
    }
}
