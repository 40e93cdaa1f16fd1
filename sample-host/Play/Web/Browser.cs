using System.ComponentModel;
using System.Diagnostics;

namespace Rival.Play.Web;

/// <summary>The user's browser.</summary>
internal static class Browser
{
    /// <summary>Opens a page. Where there is no browser nothing happens: the address was printed.</summary>
    public static void Open(Uri address)
    {
        (string program, string[] arguments) = OperatingSystem.IsWindows() ? ("cmd", new[] { "/c", "start", "", address.ToString() })
            : OperatingSystem.IsMacOS() ? ("open", [address.ToString()])
            : ("xdg-open", [address.ToString()]);
        try
        {
            using Process? process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, CreateNoWindow = true });
        }
        catch (Win32Exception)
        {
        }
    }
}
