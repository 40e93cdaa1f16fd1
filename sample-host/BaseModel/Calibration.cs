using LoraEdge;
using LoraEdge.Onnx;
using LoraEdge.Training.Calibration;
using Rival.Chess;
using Rival.Policy;

namespace Rival.BaseModel;

/// <summary>
/// Computes the calibrated projection that ships beside the base model, from players whose games the base model was trained
/// on: nobody who is held out or kept for tuning has a part in it.
/// </summary>
public static class Calibration
{
    /// <summary>Computes the projection.</summary>
    /// <param name="model">The frozen base model.</param>
    /// <param name="games">A directory with one PGN file per player.</param>
    /// <param name="movesPerPlayer">The newest own moves of each player that count.</param>
    /// <param name="report">Receives progress.</param>
    public static CalibratedProjection Run(OnnxModel model, string games, int movesPerPlayer, Action<string> report)
    {
        var options = new CalibrationOptions { Threads = Environment.ProcessorCount };
        using var calibrator = new ProjectionCalibrator(model, PolicyRecord.Objective, options);
        foreach (GameFile file in PgnCollection.Load(games).Files.Where(file => PlayerSplit.RoleOf(file.Path) == PlayerRole.Base))
        {
            List<Interaction> records = NewestMoves(file, movesPerPlayer);
            if (records.Count >= movesPerPlayer / 4)
                calibrator.Add(records);
        }

        report($"{calibrator.People} players");
        return calibrator.Run(progress => report($"step {progress.Step} of {progress.PlannedSteps}, loss {progress.Loss:F4}"));
    }

    private static List<Interaction> NewestMoves(GameFile file, int count)
    {
        var records = new List<Interaction>(count);
        foreach (PgnGame game in GameOrder.ByDate(file.Games).Reverse())
        {
            if (records.Count >= count)
                break;
            if (file.SideOfPlayer(game) is { } side)
                records.AddRange(Decision.Of(game).Where(decision => decision.Position.SideToMove == side).Select(decision => decision.ToRecord()));
        }

        return records;
    }
}
