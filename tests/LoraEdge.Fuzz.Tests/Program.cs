using System.Globalization;
using LoraEdge.Fuzz.Tests.Cases;
using LoraEdge.Fuzz.Tests.Running;
using LoraEdge.Fuzz.Tests.Seeds;

namespace LoraEdge.Fuzz.Tests;

/// <summary>
/// The program that the tests start: <c>models|inputs SEED FIRST COUNT</c>. With a folder as a fifth argument the
/// models are written there as well, to look at.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments.Length is not (4 or 5))
        {
            Console.Error.WriteLine("usage: models|inputs SEED FIRST COUNT [FOLDER]");
            return 2;
        }

        int[] numbers = [.. arguments.Skip(1).Take(3).Select(argument => int.Parse(argument, CultureInfo.InvariantCulture))];
        IFuzzCase kind = arguments[0] == "models" ? new ModelCase(new SeedModels(), arguments.ElementAtOrDefault(4)) : new WrongInputCase();
        CaseLoop.Run(kind, numbers[0], numbers[1], numbers[2]);
        return 0;
    }
}
