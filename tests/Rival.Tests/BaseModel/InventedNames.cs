using Rival.BaseModel;

namespace Rival.Tests.BaseModel;

/// <summary>Surnames of nobody, found by trying: a file of such a name has the wanted role.</summary>
internal static class InventedNames
{
    internal static string[] Of(PlayerRole role, int count) =>
        [.. Enumerable.Range(0, int.MaxValue).Select(n => $"Player{n}").Where(name => PlayerSplit.RoleOf(name) == role).Take(count)];

    internal static string Of(PlayerRole role) => Of(role, 1)[0];
}
