using System.CommandLine;
using Rival.Play;
using Rival.Play.Web;
using Rival.Policy;

namespace Rival.Commands;

/// <summary><c>play</c>: the game itself, on a page in the browser.</summary>
internal static class PlayCommand
{
    private const int DefaultPort = 5757;

    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port of the page on 127.0.0.1; 0 for any that is free.", DefaultValueFactory = _ => DefaultPort };
        var noBrowser = new Option<bool>("--no-browser") { Description = "Print the page's address and open no browser." };
        var store = new Option<string?>("--store") { Description = "Folder for profiles. Default: one per model in the user's local application data." };
        var model = new Option<string?>("--model") { Description = "The frozen policy network. Default: the one that comes with the game." };
        var command = new Command("play", "Play chess in the browser against an opponent that learns you.") { port, noBrowser, store, model };
        command.SetAction((result, cancellation) =>
        {
            (string? folder, string? network) = (result.PathOf(store), result.PathOf(model));
            int number = result.Within(port, "0 to 65535", value => value is >= 0 and <= 65535);
            bool opensBrowser = !result.GetValue(noBrowser);

            // Ctrl+C is listened to once this returns, so nothing long may happen before.
            return Task.Run(() => Run(PolicyModel.Load(network), folder, number, opensBrowser, cancellation), CancellationToken.None);
        });
        return command;
    }

    private static async Task<int> Run(PolicyModel model, string? store, int port, bool opensBrowser, CancellationToken cancellation)
    {
        string folder = store ?? DefaultStore.Of(model);
        OutputFolder.Prepare("--store", folder);
        await using RivalHost host = await RivalHost.Start(model, folder, port).ConfigureAwait(false);
        if (host.IsReadOnly)
            Console.Error.WriteLine($"rival: another process uses '{folder}'; nothing is learned here. Give another --store.");
        Console.WriteLine($"Rival plays on {host.Address} (Ctrl+C ends it).");
        if (opensBrowser)
            Browser.Open(host.Address);
        await Task.WhenAny(host.Loop, Task.Delay(Timeout.Infinite, cancellation)).ConfigureAwait(false);
        if (host.Loop.IsCompleted)
            await host.Loop.ConfigureAwait(false);
        return 0;
    }
}
