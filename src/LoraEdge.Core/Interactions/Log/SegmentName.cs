using System.Globalization;

namespace LoraEdge;

/// <summary>Names of segment files: <c>records-0000000001.log</c> and so on.</summary>
internal static class SegmentName
{
    private const string Prefix = "records-";
    private const string Extension = ".log";

    public static string Of(long number) => $"{Prefix}{number.ToString("d10", CultureInfo.InvariantCulture)}{Extension}";

    /// <summary>The segments of a folder, the oldest first.</summary>
    public static IEnumerable<(string Path, long Number)> Find(IFileSystem files, string folder) =>
        from path in files.Files(folder)
        let number = NumberOf(path)
        where number is not null
        orderby number
        select (path, number.Value);

    /// <summary>The number in a file's name; null when it is no segment.</summary>
    public static long? NumberOf(string path)
    {
        string name = Path.GetFileName(path);
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) || !name.EndsWith(Extension, StringComparison.Ordinal))
            return null;
        string digits = name.Substring(Prefix.Length, name.Length - Prefix.Length - Extension.Length);
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0 && name == Of(number) ? number : null;
    }
}
