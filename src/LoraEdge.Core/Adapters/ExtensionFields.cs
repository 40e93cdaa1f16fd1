namespace LoraEdge;

/// <summary>
/// Reads the extension section, which stands before everything that a critical extension may give another meaning: a map
/// from ascending numbers to byte strings.
/// </summary>
internal static class ExtensionFields
{
    public static List<AdapterExtension> Read(
        ref FieldReader reader, ReadOnlyMemory<byte> file, string source, out ReadOnlyMemory<byte>? explicitA, out int explicitOffset)
    {
        explicitA = null;
        explicitOffset = 0;
        int count = reader.Map("the extensions", 0, AdapterLimits.MaxExtensions + 1);
        int previous = 0;
        var preserved = new List<AdapterExtension>();
        for (int i = 0; i < count; i++)
        {
            int number = reader.Int("an extension number", previous + 1, AdapterLimits.MaxExtensionNumber);
            previous = number;
            RefuseUnknownCritical(number, source);
            bool isExplicitA = number == AdapterExtension.ExplicitA;
            ReadOnlySpan<byte> content = reader.Binary("an extension", 0, isExplicitA ? AdapterLimits.MaxFileBytes : AdapterLimits.MaxExtensionBytes);
            if (isExplicitA)
            {
                explicitOffset = reader.Offset - content.Length;
                explicitA = file.Slice(explicitOffset, content.Length);
            }
            else
            {
                preserved.Add(new AdapterExtension(number, content));
            }
        }

        return preserved;
    }

    private static void RefuseUnknownCritical(int number, string source)
    {
        if (!AdapterExtension.IsCritical(number) || number == AdapterExtension.ExplicitA)
            return;
        string meaning = number switch
        {
            AdapterExtension.EncryptionEnvelope => "encryption",
            AdapterExtension.Tombstone => "deletion (tombstone)",
            _ => "unknown here",
        };
        throw new AdapterFormatException($"{source} has the critical extension {number} ({meaning}), which this version does not implement. It was written by a newer LoraEdge: update.");
    }
}
