namespace LoraEdge.Onnx.Tests;

/// <summary>The shared test data: <c>LORAEDGE_DATA</c>, or <c>../shared/data</c> beside the repository.</summary>
internal static class DataFolder
{
    /// <summary>Path of a file or folder of the test data; ignores the test when it is absent.</summary>
    public static string Require(string relativePath)
    {
        string path = Path.Combine(Root(), relativePath);
        if (!File.Exists(path) && !Directory.Exists(path))
            Assert.Ignore($"Test data is missing: {path}");
        return path;
    }

    private static string Root()
    {
        if (Environment.GetEnvironmentVariable("LORAEDGE_DATA") is { Length: > 0 } configured)
            return configured;
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "global.json")))
            folder = folder.Parent;
        return Path.GetFullPath(Path.Combine(folder?.FullName ?? ".", "..", "shared", "data"));
    }
}
