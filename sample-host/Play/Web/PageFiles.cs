using System.Collections.Frozen;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace Rival.Play.Web;

/// <summary>A file that the server has: its bytes, and what they are.</summary>
internal sealed record PageFile(byte[] Content, string ContentType);

/// <summary>The files of the page and the host's own source, all inside the assembly: there is no path that a request could climb.</summary>
internal static partial class PageFiles
{
    private static readonly FrozenDictionary<string, string> s_names = Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith("page/", StringComparison.Ordinal) || name.StartsWith("source/", StringComparison.Ordinal))
        .ToFrozenDictionary(name => name.Replace('\\', '/'), name => name, StringComparer.Ordinal);

    /// <summary>The file of a path such as <c>/app.js</c> or <c>/source/Play/RivalLoop.cs</c>; null when there is none.</summary>
    public static PageFile? Find(string path)
    {
        bool isSource = path.StartsWith("/source/", StringComparison.Ordinal);
        string name = isSource ? path[1..] : "page" + (path == "/" ? "/index.html" : path);
        if (!s_names.TryGetValue(name, out string? resource))
            return null;
        byte[] content = Read(resource);
        return isSource
            ? new PageFile(Encoding.UTF8.GetBytes(AsPage(path["/source/".Length..], Encoding.UTF8.GetString(content))), "text/html; charset=utf-8")
            : new PageFile(content, TypeOf(Path.GetExtension(name)));
    }

    private static byte[] Read(string resource)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>Source as a page: each line is an anchor by its number, and the first declaration of a name by the name.</summary>
    private static string AsPage(string path, string source)
    {
        var page = new StringBuilder($"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{WebUtility.HtmlEncode(path)}</title><link rel=\"stylesheet\" href=\"/app.css\"></head><body class=\"source-page\"><h1>{WebUtility.HtmlEncode(path)}</h1><ol class=\"source\">");
        var named = new HashSet<string>(StringComparer.Ordinal);
        string[] lines = source.TrimStart('\uFEFF').TrimEnd().Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string name = Declaration().Match(lines[i]) is { Success: true } match ? match.Groups["name"].Value : "";
            string anchor = name.Length > 0 && named.Add(name) ? $"<a id=\"{name}\"></a>" : "";
            page.Append($"<li id=\"L{i + 1}\">{anchor}<code>{WebUtility.HtmlEncode(lines[i].TrimEnd('\r'))}</code></li>\n");
        }

        return page.Append("</ol></body></html>\n").ToString();
    }

    [GeneratedRegex(@"^\s*(public|internal|private|protected)\s[^=;(]*?\b(?<name>\w+)\s*(<\w+>)?\s*(\(|=>|\{|=|;|$)")]
    private static partial Regex Declaration();

    private static string TypeOf(string extension) => extension switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".json" or ".webmanifest" => "application/json",
        ".png" => "image/png",
        ".ico" => "image/x-icon",
        _ => "application/octet-stream",
    };
}
