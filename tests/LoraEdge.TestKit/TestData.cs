using NUnit.Framework;

namespace LoraEdge.TestKit;

/// <summary>The shared test data: <c>LORAEDGE_DATA</c>, or <c>../shared/data</c> beside the working copy.</summary>
public static class TestData
{
    /// <summary>The folder, whether it exists or not.</summary>
    public static string Root => Environment.GetEnvironmentVariable("LORAEDGE_DATA") is { Length: > 0 } configured
        ? configured
        : Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data"));

    /// <summary>Path of a file or folder of the test data; the test is reported as skipped, with the path, when it is absent.</summary>
    public static string Require(string relativePath) => RequirePath(Path.Combine(Root, relativePath));

    /// <summary>Path of a file or folder; the test is reported as skipped, with the path, when it is absent.</summary>
    public static string RequirePath(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
            Assert.Ignore($"Missing: {path}");
        return path;
    }
}
