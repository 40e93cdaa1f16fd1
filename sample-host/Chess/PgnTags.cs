using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Rival.Chess;

/// <summary>
/// The tags of one game, in file order; names compare case-insensitively. A flat array: a game has about ten tags,
/// and a collection a hundred thousand games.
/// </summary>
public sealed class PgnTags : IReadOnlyDictionary<string, string>
{
    private readonly KeyValuePair<string, string>[] _tags;

    internal PgnTags(KeyValuePair<string, string>[] tags) => _tags = tags;

    /// <summary>How many tags the game has.</summary>
    public int Count => _tags.Length;

    /// <summary>The tag names in file order.</summary>
    public IEnumerable<string> Keys => _tags.Select(static tag => tag.Key);

    /// <summary>The tag values in file order.</summary>
    public IEnumerable<string> Values => _tags.Select(static tag => tag.Value);

    /// <summary>The value of a tag.</summary>
    /// <exception cref="KeyNotFoundException">The game has no such tag.</exception>
    public string this[string key] =>
        TryGetValue(key, out string? value) ? value : throw new KeyNotFoundException($"The game has no tag '{key}'.");

    /// <summary>Whether the game has the tag.</summary>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <summary>Finds a tag; when a game repeats one, the first counts.</summary>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        foreach (KeyValuePair<string, string> tag in _tags)
        {
            if (string.Equals(tag.Key, key, StringComparison.OrdinalIgnoreCase))
            {
                value = tag.Value;
                return true;
            }
        }
        value = null;
        return false;
    }

    /// <summary>The tags in file order.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _tags.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The value of a tag, or <paramref name="missing"/>.</summary>
    internal string Or(string key, string missing) => TryGetValue(key, out string? value) ? value : missing;
}
