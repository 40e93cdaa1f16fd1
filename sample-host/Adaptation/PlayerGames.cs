namespace Rival.Adaptation;

/// <summary>One player, and the games in which that player takes part.</summary>
/// <param name="Name">What to call the player; also the name of the profile.</param>
/// <param name="Source">Where the games come from, for messages.</param>
/// <param name="Games">The games, in the order of their source.</param>
public sealed record PlayerGames(string Name, string Source, IReadOnlyList<PlayedGame> Games);
