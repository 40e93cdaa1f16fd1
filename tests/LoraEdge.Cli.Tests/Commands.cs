using System.Text.Json;

namespace LoraEdge.Cli.Tests;

/// <summary>Runs the program's commands in this process.</summary>
internal static class Commands
{
    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code and what was written.</returns>
    public static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int exitCode = CommandLine.Run(arguments, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command line that prints one JSON object and nothing else.</summary>
    public static (int ExitCode, JsonElement Json, string Error) RunJson(params string[] arguments)
    {
        (int exitCode, string output, string error) = Run([.. arguments, "--json"]);
        Assert.That(output.TrimEnd().Split('\n'), Has.Length.EqualTo(1), output + error);
        return (exitCode, JsonDocument.Parse(output).RootElement, error);
    }

    /// <summary>Asserts that a command line is refused with one line that mentions what matters.</summary>
    public static void AssertRefused(string[] arguments, params string[] mentions)
    {
        (int exitCode, string output, string error) = Run(arguments);
        Assert.That((exitCode, output), Is.EqualTo((2, "")), error);
        Assert.That(error, Does.StartWith("loraedge: ").And.EndsWith(Environment.NewLine));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
        foreach (string mention in mentions)
            Assert.That(error, Does.Contain(mention));
    }

    /// <summary>The strings of a JSON list.</summary>
    public static string[] Names(this JsonElement json, string property) => [.. json.GetProperty(property).EnumerateArray().Select(name => name.GetString()!)];
}
