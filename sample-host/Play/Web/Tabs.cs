using System.Text.Json;
using System.Threading.Channels;

namespace Rival.Play.Web;

/// <summary>The open pages. A state is made into JSON once, beside the loop, and handed to each; one that comes while another is written takes its place.</summary>
internal sealed class Tabs
{
    /// <summary>The most pages at once.</summary>
    public const int Most = 32;

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web);

    private readonly Channel<PlayState> _states = Channel.CreateBounded<PlayState>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Lock _lock = new();
    private readonly HashSet<Tab> _open = [];
    private byte[]? _latest;

    /// <summary>Takes a snapshot, on the loop's thread. Never waits.</summary>
    public void Publish(PlayState state) => _states.Writer.TryWrite(state);

    /// <summary>Hands snapshots to the pages until it is cancelled.</summary>
    public async Task Run(CancellationToken cancelled)
    {
        await foreach (PlayState state in _states.Reader.ReadAllAsync(cancelled).ConfigureAwait(false))
        {
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(state, s_options);
            lock (_lock)
            {
                _latest = json;
                foreach (Tab tab in _open)
                    tab.Show(json);
            }
        }
    }

    /// <summary>Adds a page, and shows it the latest state.</summary>
    /// <returns>False when there are too many.</returns>
    public bool TryAdd(Tab tab)
    {
        lock (_lock)
        {
            if (_open.Count >= Most)
                return false;
            _open.Add(tab);
            if (_latest is not null)
                tab.Show(_latest);
            return true;
        }
    }

    /// <summary>Takes a page out.</summary>
    public void Remove(Tab tab)
    {
        lock (_lock)
            _open.Remove(tab);
    }
}
