using LoraEdge;

namespace Rival.Commands;

/// <summary>A folder that results go to. It is tried before the work, since minutes or hours of training come before the result.</summary>
internal static class OutputFolder
{
    /// <summary>Makes sure that files can be written to a folder, and creates it where it is missing.</summary>
    /// <param name="option">Name of the option that asks for it.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidOptionsException">It cannot be created or written to.</exception>
    public static void Prepare(string option, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using (File.Create(Path.Combine(folder, $".{Guid.NewGuid():N}.tmp"), bufferSize: 1, FileOptions.DeleteOnClose))
            {
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOptionsException($"{option}: the folder '{folder}' cannot be written to: {cause.Message} Give another one.", cause);
        }
    }

    /// <summary>Makes sure that a file can be written: into a folder that exists, and not in place of a folder.</summary>
    /// <param name="option">Name of the option that asks for it.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidOptionsException">It cannot be written.</exception>
    public static void RequireFor(string option, string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
        if (Directory.Exists(path) || !Directory.Exists(folder))
            throw new InvalidOptionsException($"{option}: '{path}' is {(Directory.Exists(path) ? "a folder" : "in a folder that does not exist")}. Give the path of a file in a folder that does.");
        Prepare(option, folder);
    }
}
