using Spectre.Console;

namespace Rival.Display;

/// <summary>Consoles for tables and bars. Lines of text go to the writers themselves: Spectre would wrap them.</summary>
internal static class Consoles
{
    /// <summary>Standard output.</summary>
    public static IAnsiConsole Out() => On(Console.Out);

    /// <summary>Standard error.</summary>
    public static IAnsiConsole Error() => On(Console.Error);

    private static IAnsiConsole On(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
}
