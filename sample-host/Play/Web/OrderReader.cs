using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rival.Play.Web;

/// <summary>Reads what a page sends. Whatever the bytes are, either a valid order or one line comes back.</summary>
internal static class OrderReader
{
    /// <summary>The longest message, in bytes.</summary>
    public const int MostBytes = 64 * 1024;

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        AllowOutOfOrderMetadataProperties = true,
        MaxDepth = 4,
    };

    /// <summary>Reads a message.</summary>
    /// <param name="message">UTF-8 of a JSON object.</param>
    /// <param name="order">The order, when the answer is true.</param>
    /// <param name="problem">What is wrong, when the answer is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out PlayOrder? order, [NotNullWhen(false)] out string? problem)
    {
        order = null;
        try
        {
            order = JsonSerializer.Deserialize<PlayOrder>(message, s_options);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
        }

        problem = order is null ? "The message is not one of those that this game knows." : order.Problem;
        return problem is null;
    }
}
