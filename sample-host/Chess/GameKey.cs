using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Rival.Chess;

/// <summary>Recognises a game that stands in several files, whatever the spelling of its tags: by its moves.</summary>
public static class GameKey
{
    /// <summary>Equal for games of equal moves.</summary>
    public static ulong Of(PgnGame game) => XxHash64.HashToUInt64(MemoryMarshal.AsBytes(game.Moves.AsSpan()));
}
