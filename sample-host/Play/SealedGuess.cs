using System.Security.Cryptography;
using System.Text;
using Rival.Chess;

namespace Rival.Play;

/// <summary>
/// A guess that is made before a move and shown after it. The seal is the SHA-256 of guess and salt: it can be shown before
/// without telling the guess, and anybody can compute it afterwards and see that the guess was not changed.
/// </summary>
/// <param name="Frozen">The most probable move by the frozen model.</param>
/// <param name="Adapted">The most probable move by the player's mind; the same while nothing was learned.</param>
/// <param name="FrozenSan">The former in algebraic notation.</param>
/// <param name="AdaptedSan">The latter in algebraic notation.</param>
/// <param name="Salt">128 random bits in hexadecimal, so that the few possible guesses cannot be tried.</param>
public sealed record SealedGuess(Move Frozen, Move Adapted, string FrozenSan, string AdaptedSan, string Salt)
{
    /// <summary>What is sealed: <c>Nf3 e4 salt</c>.</summary>
    public string Text => $"{FrozenSan} {AdaptedSan} {Salt}";

    /// <summary>The SHA-256 of <see cref="Text"/> in UTF-8, hexadecimal in lower case.</summary>
    public string Seal => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <summary>The first 64 bits of <see cref="Seal"/>, which is as much as people compare.</summary>
    public string ShortSeal => Seal[..16];

    /// <summary>Makes a guess with a salt of its own.</summary>
    /// <param name="position">The position before the move.</param>
    /// <param name="frozen">The guess of the frozen model.</param>
    /// <param name="adapted">The guess of the player's mind.</param>
    public static SealedGuess Of(in Position position, Move frozen, Move adapted) =>
        new(frozen, adapted, San.Format(position, frozen), San.Format(position, adapted), RandomNumberGenerator.GetHexString(32, lowercase: true));

    /// <summary>Whether a move is the guessed one. The model knows one promotion of a step only.</summary>
    public static bool IsHit(Move guess, Move played) => (guess.From, guess.To) == (played.From, played.To);
}
