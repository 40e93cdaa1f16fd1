using System.Security.Cryptography;
using System.Text;
using Rival.Chess;

namespace Rival.BaseModel;

/// <summary>
/// Splits games by whole players, by the SHA-256 of the player's file name without extension: a first byte below 51 holds
/// the player out, one from 51 to 69 keeps the player for tuning. A game in which such a player takes part, in whichever
/// file it stands, is not used for the base model.
/// </summary>
public sealed class PlayerSplit
{
    private const int HeldOutBelow = 51;
    private const int TuningBelow = 70;

    private readonly HashSet<string> _reservedNames = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<ulong> _reservedGames = [];

    /// <summary>Reads the roles off a collection.</summary>
    public PlayerSplit(PgnCollection collection)
    {
        foreach (GameFile file in collection.Files.Where(file => RoleOf(file.Path) != PlayerRole.Base))
        {
            _reservedNames.Add(file.Player);
            foreach (PgnGame game in file.Games)
                _reservedGames.Add(GameKey.Of(game));
        }
    }

    /// <summary>The role of the player whose games a file holds.</summary>
    /// <param name="path">Path of the file.</param>
    public static PlayerRole RoleOf(string path)
    {
        byte first = SHA256.HashData(Encoding.UTF8.GetBytes(PgnFileName.WithoutExtension(path)))[0];
        return first < HeldOutBelow ? PlayerRole.HeldOut : first < TuningBelow ? PlayerRole.Tuning : PlayerRole.Base;
    }

    /// <summary>Whether a game may be trained on: no player of another role takes part.</summary>
    public bool IsForBase(PgnGame game) =>
        !_reservedGames.Contains(GameKey.Of(game)) && !IsReserved(game.White) && !IsReserved(game.Black);

    /// <summary>Either order of the name is tried: to leave out a namesake is cheaper than to let a player in.</summary>
    private bool IsReserved(string player) =>
        _reservedNames.Contains(PlayerName.Surname(player, NameOrder.ForenameFirst))
        || _reservedNames.Contains(PlayerName.Surname(player, NameOrder.SurnameFirst));
}
