using System.Text;

namespace LoraEdge.Tests;

/// <summary>A document of a file format, with files printed in it.</summary>
internal sealed class FormatDocument(string name)
{
    /// <summary>The document.</summary>
    public string Text { get; } = File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, name)).Replace("\r\n", "\n", StringComparison.Ordinal);

    /// <summary>A file as it is printed.</summary>
    public string Printed(string file)
    {
        string[] lines = Text.Split('\n');
        int start = Array.IndexOf(lines, "```hex " + file) + 1;
        int end = Array.IndexOf(lines, "```", start);
        return string.Join("\n", lines[start..end]);
    }

    /// <summary>A file's bytes.</summary>
    public byte[] Bytes(string file) => Printed(file).Split('\n')
        .SelectMany(line => line[10..57].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(hex => Convert.ToByte(hex, 16))
        .ToArray();

    /// <summary>The layout of `hexdump -C`.</summary>
    public static string HexDump(byte[] bytes)
    {
        var text = new StringBuilder();
        for (int at = 0; at < bytes.Length; at += 16)
        {
            byte[] row = bytes[at..Math.Min(at + 16, bytes.Length)];
            string hex = string.Join(" ", row.Select(b => b.ToString("x2", null)));
            string ascii = string.Concat(row.Select(b => b is >= 0x20 and < 0x7f ? (char)b : '.'));
            text.Append($"{at:x8}  {hex,-47}  |{ascii}|\n");
        }

        return text.ToString().TrimEnd('\n');
    }
}
