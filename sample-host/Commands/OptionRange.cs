using System.CommandLine;
using LoraEdge;

namespace Rival.Commands;

/// <summary>Reads options that take only certain values.</summary>
internal static class OptionRange
{
    /// <summary>The value of an option.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="result">The command line.</param>
    /// <param name="option">The option.</param>
    /// <param name="range">The values it can take, in words.</param>
    /// <param name="holds">Whether a value is one of them; one that is not given is not asked about.</param>
    /// <exception cref="InvalidOptionsException">It is none of them.</exception>
    public static T? Within<T>(this ParseResult result, Option<T> option, string range, Func<T, bool> holds)
    {
        T? value = result.GetValue(option);
        return value is null || holds(value) ? value : throw new InvalidOptionsException($"{option.Name} is {value}; it must be {range}.");
    }

    /// <summary>The path that an option gives; null when it is not given.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="option">The option.</param>
    /// <exception cref="InvalidOptionsException">It is empty, as a variable that is not set makes it.</exception>
    public static string? PathOf(this ParseResult result, Option<string?> option)
    {
        string? path = result.GetValue(option);
        return path is null || !string.IsNullOrWhiteSpace(path) ? path : throw new InvalidOptionsException($"{option.Name} is empty; it must be a path.");
    }

    /// <summary>The path that an option which must be given gives.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="option">The option.</param>
    /// <exception cref="InvalidOptionsException">It is empty, as a variable that is not set makes it.</exception>
    public static string RequiredPathOf(this ParseResult result, Option<string?> option) => result.PathOf(option)!;
}
