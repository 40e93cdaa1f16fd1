using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LoraEdge;

/// <summary>
/// Folder names for profiles. Whatever the profile is called, its folder lies inside the storage folder, and two profiles
/// have different folders on every file system, those that ignore case included.
/// </summary>
public static class FolderName
{
    private const int LongestEncoded = 120;

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    // Windows gives these names to devices, in every folder.
    private static readonly HashSet<string> s_reserved = ["con", "prn", "aux", "nul", .. Numbered("com"), .. Numbered("lpt")];

    /// <summary>
    /// The name in UTF-8, each byte but a-z, 0-9 and '-' as an underscore and two hexadecimal digits. A name that is too long
    /// for a folder becomes <c>_x</c> and its SHA-256.
    /// </summary>
    /// <exception cref="InvalidInputException">The name is empty or not valid Unicode.</exception>
    public static string Encode(string name)
    {
        byte[] bytes = Bytes(name);
        bool reserved = s_reserved.Contains(name);
        var encoded = new StringBuilder();
        for (int i = 0; i < bytes.Length; i++)
        {
            if (IsPlain(bytes[i]) && !(reserved && i == 0))
                encoded.Append((char)bytes[i]);
            else
                encoded.Append('_').Append(Hex(bytes[i]));
        }

        return encoded.Length <= LongestEncoded ? encoded.ToString() : "_x" + Digest(bytes);
    }

    private static byte[] Bytes(string name)
    {
        if (string.IsNullOrEmpty(name))
            throw new InvalidInputException("A profile needs a name of at least one character.");
        try
        {
            return s_strict.GetBytes(name);
        }
        catch (EncoderFallbackException error)
        {
            throw new InvalidInputException("The profile's name is not valid Unicode: it holds half of a surrogate pair.", error);
        }
    }

    private static bool IsPlain(byte value) => value is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-';

    private static string Digest(byte[] bytes)
    {
        using SHA256 sha = SHA256.Create();
        return string.Concat(sha.ComputeHash(bytes).Select(Hex));
    }

    private static string Hex(byte value) => value.ToString("x2", CultureInfo.InvariantCulture);

    private static IEnumerable<string> Numbered(string device) => Enumerable.Range(0, 10).Select(number => device + number.ToString(CultureInfo.InvariantCulture));
}
