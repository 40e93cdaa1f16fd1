namespace LoraEdge;

/// <summary>
/// A numbered field of an adapter file that this version of LoraEdge does not interpret and keeps byte for byte when the
/// adapter is written again. Even numbers are critical: a reader that does not implement one refuses the file. Odd numbers
/// are ancillary: they may be preserved without being understood. Only ancillary fields become an
/// <see cref="AdapterExtension"/>.
/// </summary>
public sealed class AdapterExtension
{
    /// <summary>Ancillary: the device that wrote the file, 16 bytes.</summary>
    public const int DeviceId = 1;

    /// <summary>Ancillary: the version vector, a MessagePack map from 16-byte device ids to numbers of records.</summary>
    public const int VersionVector = 3;

    /// <summary>Ancillary: which generation of its device the file is, and when it was written.</summary>
    public const int Generation = 5;

    /// <summary>Critical, implemented: the A of every target (<see cref="AdapterTarget.A"/>).</summary>
    public const int ExplicitA = 2;

    /// <summary>Critical, reserved: B is encrypted. Files with it are refused.</summary>
    public const int EncryptionEnvelope = 4;

    /// <summary>Critical, implemented: the player was forgotten; the file holds no adapter.</summary>
    public const int Tombstone = 6;

    /// <summary>Makes a field to be stored with an adapter.</summary>
    /// <param name="number">Odd, from 1 to <see cref="AdapterLimits.MaxExtensionNumber"/>.</param>
    /// <param name="content">At most <see cref="AdapterLimits.MaxExtensionBytes"/> bytes; copied.</param>
    /// <exception cref="InvalidOptionsException">The number is even or out of range, or the content is too long.</exception>
    public AdapterExtension(int number, ReadOnlySpan<byte> content)
    {
        if (number < 1 || number > AdapterLimits.MaxExtensionNumber || IsCritical(number))
            throw new InvalidOptionsException($"An extension of an adapter cannot have the number {number}: those that may be added are odd, from 1 to {AdapterLimits.MaxExtensionNumber}. See docs/adapter-format.md.");
        if (content.Length > AdapterLimits.MaxExtensionBytes)
            throw new InvalidOptionsException($"Extension {number} of an adapter has {content.Length} bytes; at most {AdapterLimits.MaxExtensionBytes} are allowed. Store less, or store it beside the adapter.");
        Number = number;
        Content = content.ToArray();
    }

    /// <summary>The field's number.</summary>
    public int Number { get; }

    /// <summary>The field's bytes; what they mean depends on the number.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>Whether a reader that does not implement the field must refuse the file: so for even numbers.</summary>
    /// <param name="number">A field's number.</param>
    public static bool IsCritical(int number) => number % 2 == 0;
}
