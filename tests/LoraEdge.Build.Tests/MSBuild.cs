using System.Diagnostics;

namespace LoraEdge.Build.Tests;

/// <summary>Runs <c>dotnet msbuild</c> on a project of this repository.</summary>
static class MSBuild
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <returns>The exit code and everything that was written.</returns>
    public static (int ExitCode, string Output) Run(string project, params string[] arguments)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(dotnet, ["msbuild", Path.Combine(Repository.Root, project), "-nologo", "-nodeReuse:false", .. arguments])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // `dotnet test` is MSBuild itself and leaves its own settings in the environment.
        foreach (string name in start.Environment.Keys.Where(IsInherited).ToArray())
            start.Environment.Remove(name);

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"dotnet msbuild {project} {string.Join(' ', arguments)} took longer than {Limit}.");
        }
        return (process.ExitCode, output.Result + errors.Result);
    }

    static bool IsInherited(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("LoraEdge", StringComparison.OrdinalIgnoreCase);
}
