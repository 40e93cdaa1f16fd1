namespace LoraEdge;

/// <summary>What the extension section of a file holds.</summary>
/// <param name="Preserved">The ancillary fields, ascending.</param>
/// <param name="ExplicitA">Content of extension 2; null when there is none.</param>
/// <param name="ExplicitOffset">Where that begins in the file.</param>
/// <param name="Tombstone">Content of extension 6; null when there is none.</param>
internal sealed record ExtensionSection(
    IReadOnlyList<AdapterExtension> Preserved, ReadOnlyMemory<byte>? ExplicitA, int ExplicitOffset, ReadOnlyMemory<byte>? Tombstone);

/// <summary>
/// Reads the extension section, which stands before everything that a critical extension may give another meaning: a map
/// from ascending numbers to byte strings.
/// </summary>
internal static class ExtensionFields
{
    private const int ImplementedCritical = 2;

    public static ExtensionSection Read(ref FieldReader reader, ReadOnlyMemory<byte> file, string source)
    {
        ReadOnlyMemory<byte>? explicitA = null, tombstone = null;
        int explicitOffset = 0;
        int count = reader.Map("the extensions", 0, AdapterLimits.MaxExtensions + ImplementedCritical);
        int previous = 0;
        var preserved = new List<AdapterExtension>();
        for (int i = 0; i < count; i++)
        {
            int number = reader.Int("an extension number", previous + 1, AdapterLimits.MaxExtensionNumber);
            previous = number;
            RefuseUnknownCritical(number, source);
            bool isExplicitA = number == AdapterExtension.ExplicitA;
            int length = reader.Binary("an extension", 0, isExplicitA ? AdapterLimits.MaxFileBytes : AdapterLimits.MaxExtensionBytes).Length;
            int offset = reader.Offset - length;
            ReadOnlyMemory<byte> content = file.Slice(offset, length);
            if (isExplicitA)
                (explicitA, explicitOffset) = (content, offset);
            else if (number == AdapterExtension.Tombstone)
                tombstone = content;
            else
                preserved.Add(new AdapterExtension(number, content.Span));
        }

        return new ExtensionSection(preserved, explicitA, explicitOffset, tombstone);
    }

    private static void RefuseUnknownCritical(int number, string source)
    {
        if (!AdapterExtension.IsCritical(number) || number is AdapterExtension.ExplicitA or AdapterExtension.Tombstone)
            return;
        string meaning = number == AdapterExtension.EncryptionEnvelope ? "encryption" : "unknown here";
        throw new AdapterFormatException($"{source} has the critical extension {number} ({meaning}), which this version does not implement. It was written by a newer LoraEdge: update.")
        {
            IsNewerVersion = true,
        };
    }
}
