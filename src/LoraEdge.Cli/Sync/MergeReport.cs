namespace LoraEdge.Cli.Sync;

/// <summary>What <c>sync merge</c> has written.</summary>
/// <param name="Folders">One for each devices folder.</param>
internal sealed record MergeReport(IReadOnlyList<MergedFolder> Folders)
{
    private const string DefaultName = "effective.lora";

    /// <summary>Writes the effective adapter of every folder.</summary>
    /// <exception cref="InvalidOptionsException">There are several and only one file to write to.</exception>
    public static MergeReport Write(IReadOnlyList<string> folders, string? file)
    {
        if (file is not null && folders.Count > 1)
            throw new InvalidOptionsException($"--out names one file, and there are {folders.Count} profiles. Name the folder of one, or leave --out away.");
        return new MergeReport([.. folders.Select(folder => Write(folder, file ?? Path.Combine(Path.GetDirectoryName(folder) ?? folder, DefaultName)))]);
    }

    public void Write(TextWriter output)
    {
        foreach (MergedFolder folder in Folders)
        {
            output.WriteLine(folder.Effective is { } effective
                ? $"{folder.File}: {effective.Heads} head(s), {effective.Records} records, {effective.Bytes} bytes, sha256 {effective.Sha256}"
                : $"{folder.Folder} has no head; nothing was written.");
        }
    }

    private static MergedFolder Write(string folder, string file)
    {
        DevicesReport report = DevicesFolder.Read(folder);
        if (report.Effective is not { } effective)
            return new MergedFolder(folder, null, null);
        string full = Path.GetFullPath(file);
        if (!Directory.Exists(Path.GetDirectoryName(full)))
            throw new InvalidOptionsException($"--out: the folder of '{file}' does not exist. Make it first.");
        effective.Save(full);
        return new MergedFolder(folder, full, EffectiveReport.Of(effective, report.Heads.Count));
    }
}

/// <summary>A devices folder, and the file that was written of it.</summary>
/// <param name="Folder">Full path of the folder.</param>
/// <param name="File">Full path of the file; null when there was nothing to write.</param>
/// <param name="Effective">What it holds.</param>
internal sealed record MergedFolder(string Folder, string? File, EffectiveReport? Effective);
