using Rival.BaseModel;

namespace Rival.Tests;

/// <summary>A folder that is gone when the test is.</summary>
internal sealed class Scratch : IDisposable
{
    internal string Folder { get; } = Directory.CreateTempSubdirectory("rival-tests-").FullName;

    internal string At(string name) => Path.Combine(Folder, name);

    internal string Write(string name, string text) => Write(name, System.Text.Encoding.Latin1.GetBytes(text));

    internal string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(At(name), bytes);
        return At(name);
    }

    /// <summary>A network with random weights, made as the real one is.</summary>
    internal string Network(string name, int seed)
    {
        PolicyNetwork.Create(seed).Save(At(name));
        return At(name);
    }

    /// <summary>Every file below the folder and its content.</summary>
    internal Dictionary<string, string> Snapshot() => Directory
        .EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
        .ToDictionary(path => path, path => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
