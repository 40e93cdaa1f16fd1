using System.Security.Cryptography;

namespace LoraEdge.Cli.Sync;

/// <summary>A devices folder.</summary>
/// <param name="Folder">Its full path.</param>
/// <param name="Files">The adapter files in it.</param>
/// <param name="Effective">What the heads amount to; null when there are none.</param>
internal sealed record FolderReport(string Folder, IReadOnlyList<FileReport> Files, EffectiveReport? Effective)
{
    public static FolderReport Of(string folder)
    {
        DevicesReport report = DevicesFolder.Read(folder);
        return new FolderReport(folder, [.. report.Files.Select(FileReport.Of)], report.Effective is { } effective ? EffectiveReport.Of(effective, report.Heads.Count) : null);
    }
}

/// <summary>The effective adapter of a devices folder.</summary>
/// <param name="Heads">How many files it is the average of.</param>
/// <param name="Records">Distinct records that it has learned from.</param>
/// <param name="Vector">The same for each device.</param>
/// <param name="Bytes">Size of its file.</param>
/// <param name="Sha256">Digest of its file: equal on devices that have the same heads.</param>
internal sealed record EffectiveReport(int Heads, long Records, IReadOnlyDictionary<string, long> Vector, int Bytes, string Sha256)
{
    public static EffectiveReport Of(EffectiveAdapter effective, int heads) => new(
        heads, effective.Vector.Records, FileReport.Counts(effective.Vector), effective.Bytes.Length, Convert.ToHexStringLower(SHA256.HashData(effective.Bytes.Span)));
}
