using System.CommandLine;
using System.CommandLine.Invocation;
using LoraEdge;
using Rival.Chess;

namespace Rival.Commands;

/// <summary>The program's commands, and what every one of them does about errors.</summary>
internal static class CommandLine
{
    /// <summary>Exit code when the user's files, model or options cannot be used; one line on standard error says why.</summary>
    public const int UnusableInput = 2;

    /// <summary>Exit code after Ctrl+C, as shells have it.</summary>
    public const int Cancelled = 130;

    /// <summary>Runs the program.</summary>
    /// <param name="arguments">The command line.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        ParseResult parsed = Commands().Parse(arguments);
        if (parsed.Action is ParseErrorAction)
            return Fail($"{parsed.Errors[0].Message} See --help.");
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
        }
        catch (OperationCanceledException)
        {
            return Cancelled;
        }
        catch (Exception error) when (error is LoraEdgeException or PgnException or IOException or UnauthorizedAccessException)
        {
            return Fail(error.Message);
        }
    }

    private static RootCommand Commands()
    {
        RootCommand root = MainCommand.Create();
        root.Add(PlayCommand.Create());
        root.Add(AdaptCommand.Create());
        root.Add(TrainBaseCommand.Create());
        return root;
    }

    private static int Fail(string message)
    {
        string[] words = message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Console.Error.WriteLine($"rival: {string.Join(' ', words)}");
        return UnusableInput;
    }
}
