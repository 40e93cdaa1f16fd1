using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rival.Play;

/// <summary>What a profile is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ProfileKind>))]
public enum ProfileKind
{
    /// <summary>Somebody who plays here and is learned from.</summary>
    Player,

    /// <summary>An adapter that ships with the game; nothing is recorded.</summary>
    Style,

    /// <summary>An adapter that somebody handed over; nothing is recorded.</summary>
    Imported,
}

/// <summary>A profile of the menu.</summary>
/// <param name="Id">What the plugin knows it as, and its folder: never changes, so a new name moves no file.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Kind">What it is.</param>
public sealed record ProfileEntry(string Id, string Name, ProfileKind Kind);

/// <summary>The profile menu and the file that keeps it. Names stand in this file alone: after a change of name the old one is nowhere.</summary>
public sealed class ProfileCatalogue
{
    /// <summary>The most profiles.</summary>
    public const int MostProfiles = 100;

    /// <summary>The longest name, in UTF-16 units.</summary>
    public const int LongestName = 40;

    private readonly string? _path;
    private readonly List<ProfileEntry> _entries;

    private ProfileCatalogue(string? path, List<ProfileEntry> entries) => (_path, _entries) = (path, entries);

    /// <summary>The profiles, in the order in which they were made.</summary>
    public IReadOnlyList<ProfileEntry> Entries => _entries;

    /// <summary>Reads the menu; a damaged file is set aside, as <c>.damaged</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isReadOnly">Whether changes stay in memory, as when another process has the folder.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ProfileCatalogue Open(string path, bool isReadOnly = false)
    {
        List<ProfileEntry> entries = [];
        try
        {
            if (File.Exists(path))
                entries = [.. (JsonSerializer.Deserialize<ProfileEntry[]>(File.ReadAllBytes(path)) ?? []).Where(IsUsable).DistinctBy(entry => entry.Id).Take(MostProfiles)];
        }
        catch (JsonException) when (!isReadOnly)
        {
            File.Move(path, path + ".damaged", overwrite: true);
        }
        catch (JsonException)
        {
        }

        return new ProfileCatalogue(isReadOnly ? null : path, entries);
    }

    /// <summary>What is wrong with a name; null when nothing is.</summary>
    public static string? ProblemOf(string name) =>
        name.Trim().Length == 0 ? "A profile needs a name."
        : name.Length > LongestName ? $"A name has at most {LongestName} characters."
        : name.Any(char.IsControl) || !IsUnicode(name) ? "A name has letters and signs that can be seen."
        : null;

    /// <summary>The profile of a name, without regard to case and blanks around it; null when there is none.</summary>
    public ProfileEntry? Find(string name) => _entries.Find(entry => entry.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>Adds a profile; where the name is taken, with a number behind it.</summary>
    /// <returns>Null when there are too many.</returns>
    public ProfileEntry? Add(string name, ProfileKind kind)
    {
        if (_entries.Count >= MostProfiles)
            return null;
        var entry = new ProfileEntry(RandomNumberGenerator.GetHexString(16, lowercase: true), Free(name.Trim()), kind);
        _entries.Add(entry);
        Save();
        return entry;
    }

    /// <summary>Gives a profile another name.</summary>
    /// <returns>The profile as it is now; null when another one has the name.</returns>
    public ProfileEntry? Rename(ProfileEntry entry, string name)
    {
        if (Find(name) is { } other && other.Id != entry.Id)
            return null;
        ProfileEntry renamed = entry with { Name = name.Trim() };
        _entries[_entries.IndexOf(entry)] = renamed;
        Save();
        return renamed;
    }

    /// <summary>Takes a profile out.</summary>
    public void Remove(ProfileEntry entry)
    {
        _entries.Remove(entry);
        Save();
    }

    private string Free(string name)
    {
        string free = name;
        for (int number = 2; Find(free) is not null; number++)
            free = $"{name[..Math.Min(name.Length, LongestName - 5)]} {number}";
        return free;
    }

    /// <summary>The file is written aside and then renamed, so that there is a whole one at every moment.</summary>
    private void Save()
    {
        if (_path is null)
            return;
        File.WriteAllBytes(_path + ".tmp", JsonSerializer.SerializeToUtf8Bytes(_entries));
        File.Move(_path + ".tmp", _path, overwrite: true);
    }

    private static bool IsUsable(ProfileEntry? entry) =>
        entry is { Id.Length: > 0, Name: not null, Kind: ProfileKind.Player or ProfileKind.Imported } && ProblemOf(entry.Name) is null;

    private static bool IsUnicode(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsSurrogate(name[i]) && !(i + 1 < name.Length && char.IsSurrogatePair(name[i], name[++i])))
                return false;
        }

        return true;
    }
}
