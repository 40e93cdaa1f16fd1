using System.Globalization;
using System.Text.Json.Serialization;
using LoraEdge.Cli.Output;

namespace LoraEdge.Cli.Sync;

/// <summary>What <c>sync status</c> tells.</summary>
/// <param name="Folders">The devices folders.</param>
internal sealed record StatusReport(IReadOnlyList<FolderReport> Folders)
{
    /// <summary>Whether a file is damaged, or two installations share a device id.</summary>
    [JsonPropertyOrder(1)]
    public bool WantsAttention => Folders.Any(folder => folder.Files.Any(file => file.State is DeviceFileState.Damaged or DeviceFileState.Clone));

    public static StatusReport Of(IReadOnlyList<string> folders) => new([.. folders.Select(FolderReport.Of)]);

    public void Write(TextWriter output)
    {
        foreach (FolderReport folder in Folders)
        {
            output.WriteLine(folder.Folder);
            var table = new TextTable("file", "state", "device", "generation>", "records>", "weight>", "vector", "reason");
            foreach (FileReport file in folder.Files)
                table.Add(Cells(file));
            table.Write(output);
            output.WriteLine(folder.Effective is { } effective
                ? $"  effective: {effective.Heads} head(s), {effective.Records} records, {effective.Bytes} bytes, sha256 {effective.Sha256}"
                : "  effective: none");
        }
    }

    private static string[] Cells(FileReport file) =>
    [
        file.Name, file.State.ToString().ToLowerInvariant(), Short(file.Device), file.Generation?.ToString(CultureInfo.InvariantCulture) ?? "",
        file.Records.ToString(CultureInfo.InvariantCulture), file.Weight?.ToString("0.###", CultureInfo.InvariantCulture) ?? "",
        string.Join(" ", file.Vector.Select(entry => $"{Short(entry.Key)}:{entry.Value.ToString(CultureInfo.InvariantCulture)}")), file.Reason ?? "",
    ];

    /// <summary>As many digits of an id as people compare.</summary>
    private static string Short(string? device) => device?[..8] ?? "";
}
