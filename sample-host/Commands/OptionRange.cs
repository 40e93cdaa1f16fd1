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
}
