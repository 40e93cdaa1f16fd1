using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using NUnit.Framework;

namespace Rival.Tests.Play.Web;

/// <summary>What a page is to the server: one WebSocket.</summary>
internal sealed class PageClient : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _longest = new(TimeSpan.FromSeconds(60));

    internal static async Task<PageClient> Open(Uri address, string? origin = null)
    {
        var client = new PageClient();
        client._socket.Options.SetRequestHeader("Origin", origin ?? address.GetLeftPart(UriPartial.Authority));
        await client._socket.ConnectAsync(new Uri($"ws://{address.Authority}/ws"), client._longest.Token);
        return client;
    }

    internal Task Send(string message, WebSocketMessageType type = WebSocketMessageType.Text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(message), type, endOfMessage: true, _longest.Token);

    /// <summary>The next message; null when the server has closed.</summary>
    internal async Task<JsonElement?> Receive()
    {
        var message = new MemoryStream();
        var buffer = new byte[65536];
        while (true)
        {
            WebSocketReceiveResult received = await _socket.ReceiveAsync(buffer, _longest.Token);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
                return JsonDocument.Parse(message.ToArray()).RootElement;
        }
    }

    /// <summary>Messages of a kind, until one is as it should be.</summary>
    internal async Task<JsonElement> Until(string type, Func<JsonElement, bool> holds)
    {
        JsonElement? last = null;
        try
        {
            while (await Receive() is { } message)
            {
                last = message;
                if (message.GetProperty("type").GetString() == type && holds(message))
                    return message;
            }
        }
        catch (OperationCanceledException)
        {
        }

        throw new AssertionException($"It did not come to that: {last}");
    }

    internal WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public void Dispose()
    {
        _socket.Dispose();
        _longest.Dispose();
    }
}
