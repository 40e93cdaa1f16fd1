using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;

namespace Rival.Play.Web;

/// <summary>
/// One open page. What is sent to it waits in a queue of its own: of states only the newest, of other messages a few, so that a
/// page that does not read costs nothing but that.
/// </summary>
/// <param name="socket">The connection.</param>
internal sealed class Tab(WebSocket socket) : IOrderSource
{
    private const int MostWaiting = 32;

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web);

    private readonly Channel<byte[]> _messages = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly SemaphoreSlim _arrived = new(0, 1);
    private byte[]? _state;

    /// <summary>Hands the newest state over; one that was not sent yet is forgotten.</summary>
    /// <param name="state">UTF-8 of its JSON.</param>
    public void Show(byte[] state)
    {
        Volatile.Write(ref _state, state);
        Wake();
    }

    /// <inheritdoc />
    public void Refuse(string message) => Queue(new { type = "error", message = OneLine(message) });

    /// <inheritdoc />
    public void Hand(string name, byte[] file) => Queue(new { type = "download", name, data = file });

    /// <summary>Sends what comes, until the connection ends.</summary>
    public async Task Send(CancellationToken cancelled)
    {
        while (true)
        {
            await _arrived.WaitAsync(cancelled).ConfigureAwait(false);
            while (_messages.Reader.TryRead(out byte[]? message))
                await Send(message, cancelled).ConfigureAwait(false);
            if (Interlocked.Exchange(ref _state, null) is { } state)
                await Send(state, cancelled).ConfigureAwait(false);
        }
    }

    /// <summary>Takes orders until the page has gone, or has sent what it may not.</summary>
    /// <param name="obey">Given each order.</param>
    /// <param name="cancelled">Ends it.</param>
    public async Task Receive(Action<PlayOrder, IOrderSource> obey, CancellationToken cancelled)
    {
        var buffer = new byte[OrderReader.MostBytes];
        int filled = 0;
        while (true)
        {
            if (filled == buffer.Length)
            {
                await Close(WebSocketCloseStatus.MessageTooBig, cancelled).ConfigureAwait(false);
                return;
            }

            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(filled), cancelled).ConfigureAwait(false);
            if (received.MessageType != WebSocketMessageType.Text)
            {
                await Close(received.MessageType == WebSocketMessageType.Close ? WebSocketCloseStatus.NormalClosure : WebSocketCloseStatus.InvalidMessageType, cancelled).ConfigureAwait(false);
                return;
            }

            filled += received.Count;
            if (!received.EndOfMessage)
                continue;
            Take(buffer.AsSpan(0, filled), obey);
            filled = 0;
        }
    }

    private void Take(ReadOnlySpan<byte> message, Action<PlayOrder, IOrderSource> obey)
    {
        if (OrderReader.TryRead(message, out PlayOrder? order, out string? problem))
            obey(order, this);
        else
            Refuse(problem);
    }

    private void Queue<T>(T message)
    {
        _messages.Writer.TryWrite(JsonSerializer.SerializeToUtf8Bytes(message, s_options));
        Wake();
    }

    private void Wake()
    {
        try
        {
            if (_arrived.CurrentCount == 0)
                _arrived.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another thread has just said the same.
        }
    }

    private ValueTask Send(byte[] message, CancellationToken cancelled) => socket.SendAsync(message.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, cancelled);

    private Task Close(WebSocketCloseStatus status, CancellationToken cancelled) => socket.CloseOutputAsync(status, null, cancelled);

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
