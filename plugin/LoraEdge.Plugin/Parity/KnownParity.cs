using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using LoraEdge.Inference;

namespace LoraEdge.Parity;

/// <summary>
/// Remembers that a model was found to be trained as it is served: while the process lasts, and in a file beside the profiles
/// until the model, the objective, an executor or the machine is another. The file is a note and not trusted: what it does not
/// say to the letter is found out again.
/// </summary>
internal sealed class KnownParity
{
    private static readonly ConcurrentDictionary<string, bool> s_found = new(StringComparer.Ordinal);

    private readonly IFileSystem _files;
    private readonly string? _path;
    private readonly string? _statement;
    private bool _found;

    /// <summary>What is known about one model.</summary>
    /// <param name="options">What the host decides; a trainer that does not name its executor is remembered by this object alone.</param>
    /// <param name="model">The model, and what serves it.</param>
    public KnownParity(LoraEdgeOptions options, ServingModel model)
    {
        _files = options.Files;
        if (options.Trainer?.Executor is not { } executor)
            return;
        _path = options.StorageFolder is { } folder ? Path.Combine(Path.GetFullPath(folder), "parity.txt") : null;
        _statement = $"""
            Training computes what is served.
            model: {model.Model.Fingerprint}
            objective: {options.Objective.ValueName}
            training: {executor}
            serving: {model.Runtime}
            machine: {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors

            """;
    }

    /// <summary>Whether it was found before.</summary>
    public bool IsFound => _found || (_statement is not null && (s_found.ContainsKey(_statement) || IsStored()));

    /// <summary>Notes that it was found.</summary>
    public void Add()
    {
        _found = true;
        if (_statement is not null)
            s_found[_statement] = true;
    }

    /// <summary>Writes the file, where the host stores anything and it does not say so already. Failing to only means that the check is made again.</summary>
    public void Store()
    {
        if (_path is null || IsStored())
            return;
        try
        {
            _files.Delete(_path);
            using IFileWriter file = _files.Create(_path);
            file.Write(Encoding.UTF8.GetBytes(_statement!));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The adapter is stored, and that is what counts.
        }
    }

    private bool IsStored()
    {
        if (_path is null)
            return false;
        try
        {
            byte[] expected = Encoding.UTF8.GetBytes(_statement!), found = new byte[expected.Length + 1];
            using Stream file = _files.OpenRead(_path);
            return file.Length == expected.Length && file.Read(found, 0, found.Length) == expected.Length && found.AsSpan(0, expected.Length).SequenceEqual(expected);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
