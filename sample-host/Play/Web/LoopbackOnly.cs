using System.Net;
using Microsoft.AspNetCore.Http;

namespace Rival.Play.Web;

/// <summary>
/// Lets in only requests that name this server as their host, and none that another site's page has sent: a browser lets
/// every page send requests to 127.0.0.1, and any name can be made to point there (DNS rebinding).
/// </summary>
internal static class LoopbackOnly
{
    /// <summary>Whether a request may come in.</summary>
    /// <param name="host">Its Host header.</param>
    /// <param name="origin">Its Origin header; empty when it has none, as when somebody types the address.</param>
    /// <param name="port">The server's port.</param>
    public static bool Allows(HostString host, string? origin, int port) =>
        IsOwn(host, port) && (string.IsNullOrEmpty(origin) || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) && from.Scheme == Uri.UriSchemeHttp && IsOwn(new HostString(from.Authority), port)));

    private static bool IsOwn(HostString host, int port) =>
        (host.Port ?? 80) == port && (host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address)));
}
