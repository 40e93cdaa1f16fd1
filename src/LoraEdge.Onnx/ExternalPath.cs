namespace LoraEdge.Onnx;

/// <summary>Resolves where a model says its data is, inside the model's folder and nowhere else.</summary>
internal static class ExternalPath
{
    /// <summary>The full path of a file in or below <paramref name="folder"/>.</summary>
    /// <param name="location">Relative path from the model, not to be trusted.</param>
    /// <param name="folder">Folder of the model; null when there is none.</param>
    /// <param name="refuse">Makes the error from a reason.</param>
    /// <exception cref="ModelFormatException">The location is not a plain relative path, or passes through a link.</exception>
    public static string Resolve(string location, string? folder, Func<string, ModelFormatException> refuse)
    {
        if (folder is null)
            throw refuse($"is stored in the file '{location}', but this model was not loaded from a folder; load it from disk or store its tensors inline");

        // Both separators on every system, so that a model is accepted or refused alike everywhere.
        string[] parts = location.Split('/', '\\');
        if (!parts.All(IsPlain))
            throw refuse($"is stored in '{location}', which is not a plain path below the model's folder; only such files are read");

        string path = folder;
        foreach (string part in parts.Where(part => part != "."))
        {
            path = Path.Combine(path, part);
            if (IsLink(path))
                throw refuse($"is stored in '{location}', which passes through the link '{path}'; links are not followed, put the file itself there");
        }

        return path;
    }

    // No name of a drive, stream, device or parent, and none that some system would shorten to another one.
    private static bool IsPlain(string part) =>
        part == "." || (part.Trim('.', ' ').Length > 0 && part[part.Length - 1] is not ('.' or ' ') && !part.Any(c => c < ' ' || ":*?\"<>|".Contains(c)));

    private static bool IsLink(string path)
    {
        try
        {
#if NET
            return new FileInfo(path).LinkTarget is not null;
#else
            return (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0;
#endif
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Missing or out of reach: opening the file reports that.
            return false;
        }
    }
}
