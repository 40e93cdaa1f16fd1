using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LoraEdge.Training.Records;

/// <summary>SHA-256 over the content of records, in order: whether two lists of records are the same.</summary>
internal static class RecordDigest
{
    /// <summary>The digest, in hexadecimal digits.</summary>
    public static string Of(IReadOnlyList<Interaction> records)
    {
        using var sha = SHA256.Create();
        using (var hashing = new CryptoStream(Stream.Null, sha, CryptoStreamMode.Write))
        {
            using var writer = new BinaryWriter(hashing);
            foreach (Interaction record in records)
                Write(writer, record);
        }

        return BitConverter.ToString(sha.Hash!);
    }

    private static void Write(BinaryWriter writer, Interaction record)
    {
        writer.Write(record.Inputs.Count);
        foreach (KeyValuePair<string, HostTensor> input in record.Inputs.OrderBy(input => input.Key, StringComparer.Ordinal))
        {
            writer.Write(input.Key);
            writer.Write((int)input.Value.ElementType);
            Write<long>(writer, input.Value.Shape);
            Write<byte>(writer, input.Value.Bytes);
        }

        Write<long>(writer, record.Target.Classes);
        Write<float>(writer, record.Target.Values);
        Write<int>(writer, record.Target.AllowedClasses);
        writer.Write(record.Weight);
        writer.Write(record.StartsEpisode);
        writer.Write(record.Steps.Count);
        foreach (Interaction step in record.Steps)
            Write(writer, step);
    }

    private static void Write<T>(BinaryWriter writer, T[]? values)
        where T : unmanaged
    {
        writer.Write(values?.Length ?? -1);
        if (values is byte[] bytes)
            writer.Write(bytes);
        else if (values is not null)
            writer.Write(MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }
}
