using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rival.Chess;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Rival.Play.Web;

/// <summary>Serves the page on this machine, and to nobody beyond it.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private const int MostNameLength = 120;

    private static readonly string s_policy = "default-src 'self'; img-src 'self' data:; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private readonly WebApplication _application;
    private readonly CancellationTokenSource _ended = new();
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly UploadShelf _uploads;
    private readonly Action<PlayOrder, IOrderSource> _obey;
    private readonly Task _tabs;

    private PageServer(int port, UploadShelf uploads, Action<PlayOrder, IOrderSource> obey)
    {
        (_uploads, _obey) = (uploads, obey);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Limit(kestrel, port));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(2));
        _application = builder.Build();
        _application.Use(Guard);
        _application.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(15) });
        _application.UseRouting();
        _application.MapPost("/pgn", Upload);
        _application.Map("/ws", Connect);
        _application.MapGet("/{**path}", Serve);
        _tabs = Tabs.Run(_ended.Token);
    }

    /// <summary>The open pages.</summary>
    public Tabs Tabs { get; } = new();

    /// <summary>Where the page is.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts to serve.</summary>
    /// <param name="port">The port; 0 for one that is free.</param>
    /// <param name="uploads">Where files that pages bring are kept.</param>
    /// <param name="obey">Given each order; must not wait.</param>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<PageServer> Start(int port, UploadShelf uploads, Action<PlayOrder, IOrderSource> obey)
    {
        var server = new PageServer(port, uploads, obey);
        try
        {
            await server._application.StartAsync().ConfigureAwait(false);
            server.Address = new Uri(server._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Says goodbye to the pages and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        await _tabs.ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
    }

    private static void Limit(KestrelServerOptions kestrel, int port)
    {
        kestrel.Listen(IPAddress.Loopback, port);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = PgnUpload.MostBytes;
        kestrel.Limits.MaxConcurrentConnections = 128;
        kestrel.Limits.MaxConcurrentUpgradedConnections = Tabs.Most + 8;
    }

    private Task Guard(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = s_policy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (LoopbackOnly.Allows(context.Request.Host, context.Request.Headers.Origin, context.Connection.LocalPort))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    private static Task Serve(HttpContext context)
    {
        if (PageFiles.Find(context.Request.Path.Value ?? "/") is not { } file)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        context.Response.ContentType = file.ContentType;
        return context.Response.Body.WriteAsync(file.Content, 0, file.Content.Length, context.RequestAborted);
    }

    /// <summary>Reads a file of games, one at a time, beside the loop.</summary>
    private async Task Upload(HttpContext context)
    {
        CancellationToken aborted = context.RequestAborted;
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, aborted).ConfigureAwait(false);
            await _reading.WaitAsync(aborted).ConfigureAwait(false);
            PgnUpload upload;
            try
            {
                upload = await Task.Run(() => PgnUpload.Read(NameOf(context), body.ToArray(), aborted), aborted).ConfigureAwait(false);
            }
            finally
            {
                _reading.Release();
            }

            await context.Response.WriteAsJsonAsync(new { token = _uploads.Add(upload), players = upload.Players }, aborted).ConfigureAwait(false);
        }
        catch (PgnException problem)
        {
            await Problem(context, StatusCodes.Status400BadRequest, problem.Message).ConfigureAwait(false);
        }
        catch (BadHttpRequestException error)
        {
            await Problem(context, error.StatusCode, "The file is too large, or did not arrive whole.").ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The page has gone.
        }
    }

    private static string NameOf(HttpContext context)
    {
        string name = context.Request.Query["name"].ToString();
        return name.Length is > 0 and <= MostNameLength && !name.Any(char.IsControl) ? name : "games.pgn";
    }

    private static Task Problem(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { message });
    }

    private async Task Connect(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        var tab = new Tab(socket);
        if (!Tabs.TryAdd(tab))
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, "Too many pages are open.", _ended.Token).ConfigureAwait(false);
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, context.RequestAborted);
        try
        {
            await Task.WhenAny(tab.Send(over.Token), tab.Receive(_obey, over.Token)).Unwrap().ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException or IOException)
        {
            // The page has gone, or the server goes.
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            Tabs.Remove(tab);
        }
    }

    /// <summary>Ctrl+C belongs to the command line.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
