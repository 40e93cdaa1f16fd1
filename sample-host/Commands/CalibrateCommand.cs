using System.CommandLine;
using LoraEdge;
using LoraEdge.Onnx;
using Rival.BaseModel;

namespace Rival.Commands;

/// <summary><c>calibrate</c>: computes the projection that ships beside the base model.</summary>
internal static class CalibrateCommand
{
    public static Command Create()
    {
        var games = new Option<string>("--games") { Description = "Directory with one PGN file (also .pgn.gz) per player.", Required = true };
        var model = new Option<string>("--model") { Description = "The frozen base model.", Required = true };
        var output = new Option<string>("--out") { Description = "Where the projection goes.", Required = true };
        var moves = new Option<int>("--moves") { Description = "Newest own moves of each player that count.", DefaultValueFactory = _ => 1500 };
        var command = new Command("calibrate", "Compute the projection that ships beside the base model, from base players.") { games, model, output, moves };
        command.SetAction(result =>
        {
            OnnxModel frozen = OnnxModel.Load(result.GetRequiredValue(model));
            CalibratedProjection projection = Calibration.Run(frozen, result.GetRequiredValue(games), result.GetValue(moves), Console.Error.WriteLine);
            projection.Save(result.GetRequiredValue(output));
            return 0;
        });
        return command;
    }
}
