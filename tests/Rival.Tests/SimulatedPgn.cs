using System.Text;
using Rival.Adaptation;
using Rival.Chess;
using Rival.Policy;
using Rival.Simulation;

namespace Rival.Tests;

/// <summary>The games of a simulated player as a file that a player would bring.</summary>
internal static class SimulatedPgn
{
    /// <summary>Plays the games and writes them.</summary>
    internal static string Write(PolicyModel model, SimulatedPlayer player, int games)
    {
        using var session = model.Serve();
        var pgn = new StringBuilder();
        foreach (PlayedGame game in SimulatedGames.Play(session.Run, [player], games, seed: 1)[0].Games)
        {
            pgn.Append($"[White \"{game.Game.White}\"]\n[Black \"{game.Game.Black}\"]\n[Date \"{game.Game.Date}\"]\n[Result \"{game.Game.Result}\"]\n\n");
            Position position = Position.Start;
            foreach (Move move in game.Game.Moves)
            {
                pgn.Append(San.Format(position, move)).Append(' ');
                position.Play(move);
            }

            pgn.Append(game.Game.Result).Append("\n\n");
        }

        return pgn.ToString();
    }
}
