using System.Diagnostics;

namespace LoraEdge.Cli.Tests;

/// <summary>The built program, run as a user runs it.</summary>
public sealed class ProcessTests
{
    [Test]
    public void Verify_OfAPolicy_ExitsWith0()
    {
        using var folder = new TemporaryFolder();
        TinyModels.Policy().Save(folder.File("policy.onnx"));

        (int exitCode, string output, string error) = Run("verify", folder.File("policy.onnx"));

        Assert.That((exitCode, error), Is.EqualTo((0, "")));
        Assert.That(output, Does.StartWith("policy.onnx agrees with ONNX Runtime"));
    }

    [Test]
    public void Inspect_OfNothing_ExitsWith2AndOneLine()
    {
        (int exitCode, string output, string error) = Run("inspect", "missing.onnx");

        Assert.That((exitCode, output), Is.EqualTo((2, "")));
        Assert.That(error.Trim().Split('\n'), Has.Length.EqualTo(1));
    }

    [Test]
    public void Help_TellsTheCommandsAndTheExitCodes()
    {
        Assert.That(Run("--help").Output, Does.Contain("inspect").And.Contain("verify"));
        Assert.That(Run("verify", "--help").Output, Does.Contain("--conformance").And.Contain("Exit code 0: agrees"));
    }

    private static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "loraedge.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
