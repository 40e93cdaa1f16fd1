using NUnit.Framework;

namespace Rival.Tests;

/// <summary>Test data of <c>LORAEDGE_DATA</c>, or of <c>../shared/data</c> beside the repository.</summary>
internal static class TestData
{
    /// <summary>Path of a file of the test data; ignores the test when it is absent.</summary>
    internal static string Require(string name)
    {
        string path = Path.GetFullPath(Path.Combine(Root(), name));
        if (!File.Exists(path))
            Assert.Ignore($"No such file: {path}");
        return path;
    }

    private static string Root()
    {
        if (Environment.GetEnvironmentVariable("LORAEDGE_DATA") is { Length: > 0 } configured)
            return configured;
        DirectoryInfo? at = new(TestContext.CurrentContext.TestDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "global.json")))
            at = at.Parent;
        return Path.Combine(at?.FullName ?? ".", "..", "shared", "data");
    }
}
