using System.Text.Json;

namespace LoraEdge.Build.Tests;

/// <summary>What a project asks of NuGet, by evaluation alone: nothing is restored, so any operating system can be asked about.</summary>
sealed class EvaluatedProject
{
    EvaluatedProject(IReadOnlyList<string> packages, IReadOnlyDictionary<string, string> versions)
    {
        Packages = packages;
        Versions = versions;
    }

    /// <summary>Ids of the packages that the project references directly.</summary>
    public IReadOnlyList<string> Packages { get; }

    /// <summary>Those that belong to TorchSharp or ONNX Runtime.</summary>
    public IEnumerable<string> Runtimes => Packages.Where(IsRuntime);

    /// <summary>Central version by package id; it also pins the package where it comes in through another one.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; }

    /// <param name="properties">Such as <c>LoraEdgeOperatingSystem=Windows</c>.</param>
    public static EvaluatedProject Load(string project, params string[] properties)
    {
        (int exitCode, string output) = MSBuild.Run(
            project, ["-getItem:PackageReference", "-getItem:PackageVersion", .. properties.Select(property => "-p:" + property)]);
        if (exitCode != 0)
            throw new InvalidOperationException($"{project} cannot be evaluated:\n{output}");
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement items = json.RootElement.GetProperty("Items");
        return new EvaluatedProject(
            [.. items.GetProperty("PackageReference").EnumerateArray().Select(Identity)],
            items.GetProperty("PackageVersion").EnumerateArray().ToDictionary(Identity, item => item.GetProperty("Version").GetString()!));
    }

    static string Identity(JsonElement item) => item.GetProperty("Identity").GetString()!;

    static bool IsRuntime(string id) =>
        id.Contains("torch", StringComparison.OrdinalIgnoreCase) || id.Contains("OnnxRuntime", StringComparison.OrdinalIgnoreCase);
}
