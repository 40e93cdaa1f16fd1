using System.Buffers.Binary;
using System.Text;

namespace LoraEdge.Build.Tests;

/// <summary>
/// A shared library of 2 KB that has only what the loader reads about symbol versions. It needs GLIBCXX_3.4 and
/// GLIBCXX_3.4.32 of libstdc++.so.6, and a version of the latter name of libother.so; it defines MINE_1.
/// </summary>
sealed class SyntheticLibrary
{
    /// <summary>File offset of the Vernaux entry for GLIBCXX_3.4.32 of libstdc++.so.6, and of its flags.</summary>
    public const int WantedAux = NeedsAt + 80, WantedFlags = WantedAux + 4;

    const int StringsAt = 0x200, NeedsAt = 0x300, DefinitionsAt = 0x400, VersionsAt = 0x480, RelaAt = 0x500, JumpRelAt = 0x580, DynamicAt = 0x600, Length = 0x700;

    // Addresses differ from file offsets, as in most libraries.
    const long AddressOfOffsetZero = 0x10000;

    readonly byte[] _bytes = new byte[Length];
    readonly Dictionary<string, int> _strings = [];
    int _stringEnd = 1;

    /// <param name="relocatedInData">Whether an entry of DT_RELA uses the symbol that has the version GLIBCXX_3.4.32.</param>
    /// <param name="relocatedInCalls">Whether an entry of DT_JMPREL does.</param>
    public static byte[] Build(bool relocatedInData = false, bool relocatedInCalls = false)
    {
        var library = new SyntheticLibrary();
        library.WriteHeaders();
        library.WriteNeeds();
        library.WriteDefinitions();
        library.WriteSymbolVersions();
        library.WriteRelocation(RelaAt, symbol: relocatedInData ? 2 : 1);
        library.WriteRelocation(JumpRelAt, symbol: relocatedInCalls ? 2 : 1);
        library.WriteDynamic();
        return library._bytes;
    }

    void WriteHeaders()
    {
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(_bytes, 0);
        U64(32, 64);           // program headers follow
        U16(54, 56);           // their size
        U16(56, 2);            // their count
        WriteSegment(64, type: 1, StringsAt, Length - StringsAt);
        WriteSegment(64 + 56, type: 2, DynamicAt, Length - DynamicAt);
    }

    void WriteSegment(int at, uint type, int offset, int size)
    {
        U32(at, type);
        U64(at + 8, offset);
        U64(at + 16, AddressOfOffsetZero + offset);
        U64(at + 32, size);
        U64(at + 40, size);
    }

    /// <summary>Verneed: version (2), aux count (2), file (4), aux (4), next (4). Vernaux: hash (4), flags (2), other (2), name (4), next (4).</summary>
    void WriteNeeds()
    {
        WriteNeed(NeedsAt, "libother.so", aux: 16, count: 1, next: 48);
        WriteAux(NeedsAt + 16, "GLIBCXX_3.4.32", index: 4, next: 0);
        WriteNeed(NeedsAt + 48, "libstdc++.so.6", aux: 16, count: 2, next: 0);
        WriteAux(NeedsAt + 64, "GLIBCXX_3.4", index: 2, next: 16);
        WriteAux(WantedAux, "GLIBCXX_3.4.32", index: 3, next: 0);
    }

    void WriteNeed(int at, string file, uint aux, ushort count, uint next)
    {
        U16(at, 1);
        U16(at + 2, count);
        U32(at + 4, StringIndex(file));
        U32(at + 8, aux);
        U32(at + 12, next);
    }

    void WriteAux(int at, string name, ushort index, uint next)
    {
        U16(at + 6, index);
        U32(at + 8, StringIndex(name));
        U32(at + 12, next);
    }

    /// <summary>Verdef: version (2), flags (2), index (2), aux count (2), hash (4), aux (4), next (4). Verdaux: name (4), next (4).</summary>
    void WriteDefinitions()
    {
        U16(DefinitionsAt, 1);
        U16(DefinitionsAt + 4, 5);
        U16(DefinitionsAt + 6, 1);
        U32(DefinitionsAt + 12, 20);
        U32(DefinitionsAt + 20, StringIndex("MINE_1"));
    }

    void WriteSymbolVersions()
    {
        U16(VersionsAt + 2, 2);
        U16(VersionsAt + 4, 3);
    }

    void WriteRelocation(int at, long symbol) => U64(at + 8, symbol << 32 | 6);

    void WriteDynamic()
    {
        (long Tag, long Value)[] entries =
        [
            (5, AddressOfOffsetZero + StringsAt), (10, NeedsAt - StringsAt),
            (7, AddressOfOffsetZero + RelaAt), (8, 24), (23, AddressOfOffsetZero + JumpRelAt), (2, 24),
            (0x6ffffff0, AddressOfOffsetZero + VersionsAt),
            (0x6ffffffc, AddressOfOffsetZero + DefinitionsAt), (0x6ffffffd, 1),
            (0x6ffffffe, AddressOfOffsetZero + NeedsAt), (0x6fffffff, 2),
        ];
        for (int i = 0; i < entries.Length; i++)
        {
            U64(DynamicAt + 16 * i, entries[i].Tag);
            U64(DynamicAt + 16 * i + 8, entries[i].Value);
        }
    }

    uint StringIndex(string text)
    {
        if (!_strings.TryGetValue(text, out int index))
        {
            index = _strings[text] = _stringEnd;
            _stringEnd += Encoding.ASCII.GetBytes(text, _bytes.AsSpan(StringsAt + index)) + 1;
        }
        return (uint)index;
    }

    void U16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(at), value);

    void U32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(at), value);

    void U64(int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(at), value);
}
