using System.CommandLine;
using System.CommandLine.Invocation;

namespace LoraEdge.Cli;

/// <summary>The program's commands, and what every one of them does about errors.</summary>
internal static class CommandLine
{
    /// <summary>Exit code when what was asked for is so.</summary>
    public const int Success = 0;

    /// <summary>Exit code of a check that found a difference.</summary>
    public const int Differs = 1;

    /// <summary>Exit code when files, models or options cannot be used; one line on standard error says why.</summary>
    public const int UnusableInput = 2;

    /// <summary>Runs the program.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        ParseResult parsed = Commands().Parse(arguments);
        if (parsed.Action is ParseErrorAction)
            return Fail(error, $"{string.Join(' ', parsed.Errors.Select(problem => problem.Message))} See --help.");
        try
        {
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (Exception failure) when (failure is LoraEdgeException or IOException or UnauthorizedAccessException)
        {
            return Fail(error, failure.Message);
        }
    }

    private static RootCommand Commands() => new("Looks into ONNX models and the adapters that devices share, and checks that models compute in training what they compute when served.")
    {
        InspectCommand.Create(),
        VerifyCommand.Create(),
        SyncCommand.Create(),
    };

    private static int Fail(TextWriter error, string message)
    {
        string[] words = message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        error.WriteLine($"loraedge: {string.Join(' ', words)}");
        return UnusableInput;
    }
}
