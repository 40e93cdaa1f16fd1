using System.Diagnostics;

namespace LoraEdge.Plugin.Tests;

/// <summary>A host that only serves, published as a host would be.</summary>
[NonParallelizable]
public sealed class ServeOnlyTests
{
    private static readonly string s_artifacts = Repository.PathOf("artifacts/serve-only");

    private string _published = null!;

    [OneTimeSetUp]
    public void Publish()
    {
        string project = Repository.PathOf("tests/LoraEdge.Plugin.Tests/ServeOnly/ServeOnly.csproj");
        _published = Path.Combine(s_artifacts, "published");
        if (Directory.Exists(_published))
            Directory.Delete(_published, recursive: true);

        // A folder of its own for everything built, so that no other build is disturbed.
        (int code, string output, string error) = Run("dotnet", "publish", project, "-c", "Release", "-o", _published, "--artifacts-path", s_artifacts, "-m:1", "-nologo", "-v", "q", "-nodeReuse:false");
        Assert.That(code, Is.Zero, output + error);
    }

    [Test]
    public void Published_HoldsOnnxRuntimeAndNoTorch()
    {
        string[] files = [.. Directory.EnumerateFiles(_published, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_published, path))];

        Assert.That(files.Where(file => file.Contains("torch", StringComparison.OrdinalIgnoreCase)), Is.Empty);
        Assert.That(files.Where(file => file.Contains("onnxruntime", StringComparison.OrdinalIgnoreCase)), Is.Not.Empty);
        Assert.That(File.ReadAllText(Path.Combine(_published, "ServeOnly.deps.json")), Does.Not.Contain("torch").IgnoreCase);
    }

    [Test]
    public void Published_ServesAStoredAdapter()
    {
        using Host host = WithAdapter();
        using LoraEdgePlugin here = host.Load();
        var ones = new Dictionary<string, HostTensor> { ["x"] = HostTensor.From([.. Enumerable.Repeat(1f, 8)], 1, 8) };

        (int code, string output, string error) = Run("dotnet", Path.Combine(_published, "ServeOnly.dll"), host.ModelPath, host.Storage, "ada");

        Assert.That((code, error), Is.EqualTo((0, "")));
        Assert.That(output.Trim(), Is.EqualTo(Convert.ToHexString(here.OpenProfile("ada").Infer(ones)["logits"].Bytes)));
    }

    [Test]
    public void Published_WithoutTheNativeLibrary_SaysWhatToSet()
    {
        using Host host = WithAdapter();
        using var folder = new TemporaryFolder();
        foreach (string path in Directory.EnumerateFiles(_published).Where(path => !Path.GetFileName(path).Contains("libonnxruntime") && Path.GetFileName(path) != "onnxruntime.dll"))
            File.Copy(path, folder.File(Path.GetFileName(path)));

        (int code, _, string error) = Run("dotnet", folder.File("ServeOnly.dll"), host.ModelPath, host.Storage, "ada");

        Assert.That(code, Is.EqualTo(2), error);
        Assert.That(error, Does.StartWith("NativeRuntimeException: ").And.Contain("<UsesOnnxRuntime>true</UsesOnnxRuntime>"));
        Assert.That(error.Trim().Split('\n'), Has.Length.EqualTo(1));
    }

    private static Host WithAdapter()
    {
        var host = new Host();
        string path = Path.Combine(host.Storage, "profiles", "ada", "devices", "premade.lora");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AdapterFile.Save(RandomAdapter.For(host.Model), path);
        return host;
    }

    private static (int Code, string Output, string Error) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // What the test runner's own MSBuild and runtime were told is not for the child.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
