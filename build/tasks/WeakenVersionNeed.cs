#nullable disable

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

using Microsoft.Build.Framework;

/// <summary>
/// Copies a shared library of 64-bit Linux, with one needed symbol version marked weak, so that the loader accepts a
/// system that lacks the version. LibstdcxxCompatibility.targets says why and where. Compiled by MSBuild while building.
/// </summary>
public sealed class WeakenVersionNeed : Microsoft.Build.Utilities.Task
{
    /// <summary>The library to copy, which is only read.</summary>
    [Required]
    public string Source { get; set; }

    /// <summary>The copy. Whatever is there, a link included, is replaced and not written through.</summary>
    [Required]
    public string Destination { get; set; }

    /// <summary>File name of the library that should define the version.</summary>
    [Required]
    public string Library { get; set; }

    /// <summary>The symbol version, such as <c>GLIBCXX_3.4.32</c>.</summary>
    [Required]
    public string Version { get; set; }

    /// <summary>Whether the copy stays as it is on a machine whose <see cref="Library"/> defines the version.</summary>
    public bool OnlyIfSystemLacksIt { get; set; }

    public override bool Execute()
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(Source);
            string system = OnlyIfSystemLacksIt ? SystemLibrary.Find(Library) : null;
            if (system != null && new ElfImage(File.ReadAllBytes(system)).DefinesVersion(Version))
                Log.LogMessage(MessageImportance.Low, "{0} defines {1}: {2} stays as it is.", system, Version, Source);
            else if (new ElfImage(bytes).WeakenVersionNeed(Library, Version))
                Log.LogMessage(MessageImportance.Normal, "{0}: {1} is now optional (in the package: required).", Destination, Version);
            else
                Log.LogMessage(MessageImportance.Low, "{0} does not require {1}.", Source, Version);
            Replace(Destination, bytes);
        }
        catch (Exception error) when (error is InvalidDataException || error is IOException || error is UnauthorizedAccessException)
        {
            Log.LogError(null, "LORA0009", null, Source, 0, 0, 0, 0, "{0} cannot be made to load without {1}: {2}", Source, Version, error.Message);
        }
        return !Log.HasLoggedErrors;
    }

    static void Replace(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path)));
        string aside = path + ".new";
        File.Delete(aside);
        File.WriteAllBytes(aside, bytes);
        File.Delete(path);
        File.Move(aside, path);
    }
}

/// <summary>Where this machine keeps a shared library.</summary>
public static class SystemLibrary
{
    static readonly string[] Folders =
    {
        "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib",
    };

    /// <summary>The path, or null where it cannot be told: not on Linux, or no such file.</summary>
    public static string Find(string name)
    {
        if (!File.Exists("/proc/self/maps"))
            return null;
        // The .NET runtime is C++, so the loader's own choice can be read from this very process.
        string mapped = File.ReadLines("/proc/self/maps")
            .Select(line => line.IndexOf('/') < 0 ? "" : line.Substring(line.IndexOf('/')))
            .FirstOrDefault(path => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal) && File.Exists(path));
        return mapped ?? Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}

/// <summary>
/// The symbol versions of an ELF64 little-endian shared library, found the way the loader finds them: through the program
/// headers and the dynamic section. Every offset is checked; a malformed file is an <see cref="InvalidDataException"/>.
/// Layouts: System V ABI gABI chapters 4 and 5, and LSB "Symbol Versioning".
/// </summary>
public sealed class ElfImage
{
    const ushort VersionFlagWeak = 2;
    const int LoadSegment = 1, DynamicSegment = 2;
    const int TagPltRelSize = 2, TagStringTable = 5, TagRela = 7, TagRelaSize = 8, TagStringSize = 10, TagJumpRel = 23;
    const int TagVersionSymbols = 0x6ffffff0, TagVersionDefinitions = 0x6ffffffc, TagVersionDefinitionCount = 0x6ffffffd;
    const int TagVersionNeeds = 0x6ffffffe, TagVersionNeedCount = 0x6fffffff;

    readonly byte[] _bytes;
    readonly List<Segment> _loads = new List<Segment>();
    readonly Dictionary<long, long> _dynamic = new Dictionary<long, long>();

    struct Segment
    {
        public long Offset, Address, FileSize;
    }

    /// <exception cref="InvalidDataException">Not an ELF64 little-endian shared library, or a malformed one.</exception>
    public ElfImage(byte[] bytes)
    {
        _bytes = bytes;
        if (bytes.Length < 64 || U32(0) != 0x464c457f || bytes[4] != 2 || bytes[5] != 1)
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        long table = I64(32);
        int size = U16(54), count = U16(56);
        if (count > 0 && size < 56)
            throw new InvalidDataException("program headers of " + size + " bytes; 56 expected");
        Segment dynamic = default(Segment);
        for (int i = 0; i < count; i++)
        {
            long at = checked(Within(table) + (long)i * size);
            uint type = U32(at);
            var segment = new Segment { Offset = I64(at + 8), Address = I64(at + 16), FileSize = I64(at + 32) };
            if (type == LoadSegment)
                _loads.Add(segment);
            else if (type == DynamicSegment)
                dynamic = segment;
        }
        for (long at = dynamic.Offset; at - dynamic.Offset <= dynamic.FileSize - 16 && I64(at) != 0; at += 16)
            _dynamic[I64(at)] = I64(at + 8);
    }

    /// <summary>Whether the library itself defines the symbol version.</summary>
    public bool DefinesVersion(string version)
    {
        if (!_dynamic.ContainsKey(TagVersionDefinitions))
            return false;
        long at = FileOffset(Tag(TagVersionDefinitions));
        for (long left = Tag(TagVersionDefinitionCount); left > 0; left--)
        {
            if (U16(at + 6) > 0 && StringAt(U32(at + (long)U32(at + 12))) == version)
                return true;
            uint next = U32(at + 16);
            if (next == 0)
                break;
            at += next;
        }
        return false;
    }

    /// <summary>Marks the version that this file needs of <paramref name="library"/> as weak, in the bytes given.</summary>
    /// <returns>False where the file does not need it or only weakly: nothing is changed.</returns>
    /// <exception cref="InvalidDataException">A relocation uses a symbol of this version, so it is really needed.</exception>
    public bool WeakenVersionNeed(string library, string version)
    {
        if (!_dynamic.ContainsKey(TagVersionNeeds))
            return false;
        long need = FileOffset(Tag(TagVersionNeeds));
        for (long left = Tag(TagVersionNeedCount); left > 0; left--)
        {
            long aux = need + U32(need + 8);
            bool ofLibrary = StringAt(U32(need + 4)) == library;
            for (int auxLeft = U16(need + 2); auxLeft > 0; auxLeft--)
            {
                if (ofLibrary && StringAt(U32(aux + 8)) == version)
                    return Weaken(aux, version);
                uint nextAux = U32(aux + 12);
                if (nextAux == 0)
                    break;
                aux += nextAux;
            }
            uint next = U32(need + 12);
            if (next == 0)
                break;
            need += next;
        }
        return false;
    }

    /// <summary>Vernaux: hash (4), flags (2), other (2), name (4), next (4).</summary>
    bool Weaken(long aux, string version)
    {
        ushort flags = U16(aux + 4);
        if ((flags & VersionFlagWeak) != 0)
            return false;
        int versionIndex = U16(aux + 6) & 0x7fff;
        if (RelocatesAgainst(versionIndex, TagRela, TagRelaSize) || RelocatesAgainst(versionIndex, TagJumpRel, TagPltRelSize))
            throw new InvalidDataException("a relocation uses a symbol of " + version + ", so it cannot do without");
        _bytes[aux + 4] = (byte)(flags | VersionFlagWeak);
        return true;
    }

    /// <summary>Rela: offset (8), info (8, symbol index in the upper half), addend (8).</summary>
    bool RelocatesAgainst(int versionIndex, int tableTag, int sizeTag)
    {
        if (!_dynamic.ContainsKey(tableTag))
            return false;
        long table = FileOffset(Tag(tableTag)), versions = FileOffset(Tag(TagVersionSymbols));
        for (long at = 0; at <= Tag(sizeTag) - 24; at += 24)
        {
            long symbol = (uint)(I64(table + at + 8) >> 32);
            if (symbol != 0 && (U16(versions + 2 * symbol) & 0x7fff) == versionIndex)
                return true;
        }
        return false;
    }

    long Tag(int tag)
    {
        long value;
        if (!_dynamic.TryGetValue(tag, out value))
            throw new InvalidDataException("the dynamic section has no entry 0x" + tag.ToString("x"));
        return value;
    }

    long FileOffset(long address)
    {
        foreach (Segment load in _loads)
            if (address >= load.Address && address - load.Address < load.FileSize)
                return Within(load.Offset + (address - load.Address));
        throw new InvalidDataException("address 0x" + address.ToString("x") + " is in no segment of the file");
    }

    string StringAt(long index)
    {
        long size = Tag(TagStringSize), start = FileOffset(Tag(TagStringTable)) + index, end = start;
        long limit = Math.Min(_bytes.Length, start - index + size);
        while (end < limit && _bytes[end] != 0)
            end++;
        if (end >= limit)
            throw new InvalidDataException("a string at index " + index + " runs out of the string table");
        return Encoding.ASCII.GetString(_bytes, (int)start, (int)(end - start));
    }

    long Within(long offset, int length = 1)
    {
        if (offset < 0 || offset > _bytes.Length - length)
            throw new InvalidDataException("offset 0x" + offset.ToString("x") + " is outside of the file (" + _bytes.Length + " bytes)");
        return offset;
    }

    ushort U16(long at)
    {
        Within(at, 2);
        return (ushort)(_bytes[at] | _bytes[at + 1] << 8);
    }

    uint U32(long at)
    {
        return (uint)(U16(at) | U16(at + 2) << 16);
    }

    long I64(long at)
    {
        return (long)((ulong)U32(at + 4) << 32 | U32(at));
    }
}
