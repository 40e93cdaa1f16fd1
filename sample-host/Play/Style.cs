namespace Rival.Play;

/// <summary>A player of the past whose adapter ships with the game; <c>Models/styles/README.md</c> tells how each was made.</summary>
/// <param name="Id">Name of the file.</param>
/// <param name="Name">The player.</param>
/// <param name="Years">When the player lived.</param>
/// <param name="About">The player's chess, in a few words.</param>
public sealed record Style(string Id, string Name, string Years, string About)
{
    /// <summary>The five that come with the game.</summary>
    public static IReadOnlyList<Style> All { get; } =
    [
        new("morphy", "Paul Morphy", "1837-1884", "Open lines at once, every piece into the attack"),
        new("capablanca", "José Raúl Capablanca", "1888-1942", "Simple moves, small advantages, endgames"),
        new("botvinnik", "Mikhail Botvinnik", "1911-1995", "Queen's pawn and English, plans prepared at home"),
        new("tal", "Mikhail Tal", "1936-1992", "Sacrifices first, proofs later"),
        new("fischer", "Bobby Fischer", "1943-2008", "King's pawn, Najdorf, no wasted move"),
    ];

    /// <summary>The adapter's file.</summary>
    public string Path => System.IO.Path.Combine(AppContext.BaseDirectory, "Models", "styles", $"{Id}.lora");

    /// <summary>The profile that serves it.</summary>
    public ProfileEntry Profile => new($"style-{Id}", Name, ProfileKind.Style);
}
