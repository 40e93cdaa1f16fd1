namespace Rival.Chess;

/// <summary>One of the two players.</summary>
public enum Side : byte
{
    /// <summary>White, who moves first.</summary>
    White,

    /// <summary>Black.</summary>
    Black,
}

/// <summary>What can be asked of a <see cref="Side"/>.</summary>
public static class SideExtensions
{
    /// <summary>The opponent of <paramref name="side"/>.</summary>
    public static Side Other(this Side side) => side ^ Side.Black;
}
