using LoraEdge;
using Rival.Play.Web;
using Rival.Policy;

namespace Rival.Play;

/// <summary>The running game: plugin, session, loop and server, from start to stop.</summary>
internal sealed class RivalHost : IAsyncDisposable
{
    private readonly RivalIntegration _integration;
    private readonly CancellationTokenSource _ended = new();
    private readonly PageServer _server;
    private readonly RivalSession _session;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _loop = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RivalHost(RivalIntegration integration, RivalSession session, PageServer server)
    {
        (_integration, _session, _server) = (integration, session, server);
        _thread = new Thread(Run) { Name = "Rival's loop", IsBackground = true, Priority = ThreadPriority.AboveNormal };
    }

    /// <summary>Where the page is.</summary>
    public Uri Address => _server.Address;

    /// <summary>Ends when the loop does; an error of the loop is its error.</summary>
    public Task Loop => _loop.Task;

    /// <summary>Whether another process has the storage folder, so that nothing is learned.</summary>
    public bool IsReadOnly => _integration.IsReadOnly;

    /// <summary>Loads everything and starts.</summary>
    /// <param name="model">The frozen model.</param>
    /// <param name="folder">The storage folder.</param>
    /// <param name="port">The server's port; 0 for one that is free.</param>
    /// <exception cref="LoraEdgeException">Model or stored files cannot be used.</exception>
    /// <exception cref="IOException">The folder cannot be written, or the port is in use.</exception>
    public static async Task<RivalHost> Start(PolicyModel model, string folder, int port)
    {
        var integration = new RivalIntegration(model, folder);
        RivalSession? session = null;
        try
        {
            var uploads = new UploadShelf();
            session = new RivalSession(integration, folder, uploads, SystemClock.Instance, new Random());
            var host = new RivalHost(integration, session, await PageServer.Start(port, uploads, session.Post).ConfigureAwait(false));
            host._thread.Start();
            return host;
        }
        catch
        {
            session?.Dispose();
            integration.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server, the loop and the plugin, in this order; what was recorded is on the disk.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync().ConfigureAwait(false);
        await _ended.CancelAsync().ConfigureAwait(false);
        _thread.Join();
        _session.Dispose();
        _integration.Dispose();
    }

    private void Run()
    {
        try
        {
            new RivalLoop(_session, _server.Tabs.Publish, SystemClock.Instance).Run(_ended.Token);
            _loop.SetResult();
        }
        catch (Exception error)
        {
            _loop.SetException(error);
        }
    }
}
