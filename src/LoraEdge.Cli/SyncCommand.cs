using System.CommandLine;
using LoraEdge.Cli.Output;
using LoraEdge.Cli.Sync;

namespace LoraEdge.Cli;

/// <summary><c>sync</c>: what lies in the folders that devices share, and what it amounts to.</summary>
internal static class SyncCommand
{
    public static Command Create() => new("sync", "Look at the adapters that devices share through a folder. Nothing in it is changed.") { Status(), Merge() };

    private static Command Status()
    {
        Argument<string> directory = Directory();
        Option<bool> json = Json();
        var command = new Command("status", "List the files: head (takes part in the effective adapter), clone (a head whose device id another installation has too), superseded, ignored, damaged, tombstone. Exit code 0: nothing wants attention, 1: a file is damaged or a clone, 2: unusable.")
        {
            directory, json,
        };
        command.SetAction(result =>
        {
            StatusReport report = StatusReport.Of(SharedFolders.Find(result.GetRequiredValue(directory)));
            TextWriter output = result.InvocationConfiguration.Output;
            if (result.GetValue(json))
                output.WriteLine(JsonText.Of(report));
            else
                report.Write(output);
            return report.WantsAttention ? CommandLine.Differs : CommandLine.Success;
        });
        return command;
    }

    private static Command Merge()
    {
        Argument<string> directory = Directory();
        Option<bool> json = Json();
        var file = new Option<string?>("--out") { Description = "File to write. Default: effective.lora beside the devices folder; of a storage folder, one for each profile." };
        var command = new Command("merge", "Write the effective adapter: the average of the heads, in which each distinct record counts once. Exit code 0: written, 1: a folder has no head, 2: unusable.")
        {
            directory, file, json,
        };
        command.SetAction(result =>
        {
            MergeReport report = MergeReport.Write(SharedFolders.Find(result.GetRequiredValue(directory)), result.GetValue(file));
            TextWriter output = result.InvocationConfiguration.Output;
            if (result.GetValue(json))
                output.WriteLine(JsonText.Of(report));
            else
                report.Write(output);
            return report.Folders.All(folder => folder.File is not null) ? CommandLine.Success : CommandLine.Differs;
        });
        return command;
    }

    private static Argument<string> Directory() => new("DIR") { Description = "A devices folder, the folder of a profile, or a storage folder with all its profiles." };

    private static Option<bool> Json() => new("--json") { Description = "Nothing but a JSON object on standard output." };
}
