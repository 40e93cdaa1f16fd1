namespace LoraEdge;

/// <summary>What the heads of a devices folder amount to: a function of the set of their contents.</summary>
public sealed class EffectiveAdapter
{
    private readonly byte[] _bytes;

    internal EffectiveAdapter(byte[] bytes, VersionVector vector)
    {
        _bytes = bytes;
        Adapter = AdapterFile.Read(bytes, "the effective adapter");
        Vector = vector;
    }

    /// <summary>The adapter, rounded as it is stored. Its only extension is the version vector.</summary>
    public Adapter Adapter { get; }

    /// <summary>What it has learned from; an adapter that is trained starting from it starts from this vector too.</summary>
    public VersionVector Vector { get; }

    /// <summary>Its file: the same bytes on every device that has the same heads.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="path">Path of the file. Its folder exists.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Save(string path) => DiskFileSystem.Instance.WriteAtomic(path, _bytes);
}
