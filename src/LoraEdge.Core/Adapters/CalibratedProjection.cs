using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LoraEdge;

/// <summary>
/// A projection that was computed from data and is shipped once beside the model, for all of its players: unit rows for
/// every target, stored as 32-bit floats that are used exactly as stored. Identified by the SHA-256 of its file. Immutable.
/// </summary>
public sealed class CalibratedProjection : IProjectionSource
{
    private readonly byte[] _file;
    private readonly Dictionary<int, float[]> _rows;

    internal CalibratedProjection(ModelFingerprint model, int rank, SortedDictionary<int, float[]> rows)
    {
        Model = model;
        Rank = rank;
        _rows = new Dictionary<int, float[]>(rows);
        InitializerIndices = rows.Keys.ToArray();
        _file = CalibratedFile.Encode(model, rank, rows);
        using SHA256 sha = SHA256.Create();
        byte[] digest = sha.ComputeHash(_file);
        Sha256 = digest;
        Seed = BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }

    /// <inheritdoc />
    public ProjectionKind Kind => ProjectionKind.Calibrated;

    /// <summary>The first eight bytes (little-endian) of <see cref="Sha256"/>.</summary>
    public ulong Seed { get; }

    /// <summary>The model that the projection was calibrated on.</summary>
    public ModelFingerprint? Model { get; }

    /// <summary>Rows stored for every weight; adapters of this rank and of any lower one can be trained.</summary>
    public int Rank { get; }

    /// <summary>The weights that have rows, in ascending order.</summary>
    public IReadOnlyList<int> InitializerIndices { get; }

    /// <summary>SHA-256 of the file, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Sha256 { get; }

    /// <summary>Makes a projection: every row is scaled to unit L2 norm, once, and then stored and used as it is.</summary>
    /// <param name="model">The model that the rows were computed on.</param>
    /// <param name="rank">Rows per weight, the most important one first.</param>
    /// <param name="rows">Initializer index to rows, shape <c>(rank, in)</c>, row-major; not changed.</param>
    /// <exception cref="InvalidInputException">A row is not finite or all zeros, or a number breaks a limit of <see cref="AdapterLimits"/>.</exception>
    public static CalibratedProjection Create(ModelFingerprint model, int rank, IEnumerable<KeyValuePair<int, float[]>> rows)
    {
        if (rank is < 1 or > AdapterLimits.MaxRank)
            throw new InvalidInputException($"A calibrated projection cannot have rank {rank}, expected 1 to {AdapterLimits.MaxRank}.");
        var unit = new SortedDictionary<int, float[]>();
        foreach (KeyValuePair<int, float[]> weight in rows)
        {
            if (unit.ContainsKey(weight.Key) || weight.Key is < 0 or > AdapterLimits.MaxInitializerIndex)
                throw new InvalidInputException($"Initializer {weight.Key} is given twice or is outside 0 to {AdapterLimits.MaxInitializerIndex}; give each weight's rows once.");
            unit.Add(weight.Key, UnitRows.Normalised(weight.Value, rank, weight.Key));
        }

        CalibratedFile.CheckSize(rank, unit);
        return new CalibratedProjection(model, rank, unit);
    }

    /// <summary>Decodes a projection.</summary>
    /// <param name="bytes">The whole file; not referenced afterwards.</param>
    /// <param name="source">The file's name or another name a user recognises, for messages.</param>
    /// <exception cref="AdapterFormatException">The bytes are not a projection, damaged, or of a newer version.</exception>
    public static CalibratedProjection Read(ReadOnlyMemory<byte> bytes, string source)
    {
        CalibratedProjection projection = CalibratedFile.Decode(bytes, source);
        CanonicalForm.Check(bytes.Span, projection._file, source);
        return projection;
    }

    /// <summary>Reads a projection from a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="AdapterFormatException">The file is missing, not a projection, damaged, or of a newer version.</exception>
    /// <exception cref="IOException">The file exists and cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static CalibratedProjection Load(string path) => Read(BoundedFile.Read(path), path);

    /// <summary>The file's bytes; a copy.</summary>
    public byte[] Write() => (byte[])_file.Clone();

    /// <summary>Writes the file atomically, as <see cref="AdapterFile.Save"/> does.</summary>
    /// <param name="path">Path of the file. Its folder exists.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Save(string path) => DiskFileSystem.Instance.WriteAtomic(path, _file);

    /// <inheritdoc />
    public float[] A(AdaptableWeight weight, int rank)
    {
        if (rank < 1 || rank > Rank)
            throw new InvalidOptionsException($"The calibrated projection {Seed:x16} has {Rank} row(s) per weight; rank {rank} cannot be made from it. Choose a rank from 1 to {Rank}, or calibrate for a higher one.");
        if (!_rows.TryGetValue(weight.InitializerIndex, out float[]? rows))
            throw new InvalidOptionsException($"The calibrated projection {Seed:x16} has no rows for '{weight.Name}' (initializer {weight.InitializerIndex}). Leave this weight out of the targets, or calibrate it too.");
        if (rows.Length != (long)Rank * weight.InFeatures)
            throw new InvalidOptionsException($"The calibrated projection {Seed:x16} has {rows.Length / Rank} columns for '{weight.Name}', which has {weight.InFeatures} input features. Calibrate again on this model.");
        return rows.AsSpan(0, rank * weight.InFeatures).ToArray();
    }
}
