using System.CommandLine;
using Rival.BaseModel;

namespace Rival.Commands;

/// <summary><c>train-base</c>: makes the frozen model from a directory of games.</summary>
internal static class TrainBaseCommand
{
    public static Command Create()
    {
        var games = new Option<string>("--games") { Description = "Directory with one PGN file (also .pgn.gz) per player.", Required = true };
        var output = new Option<string>("--out") { Description = "Where the ONNX model goes; a checkpoint is kept beside it.", Required = true };
        var minutes = new Option<double>("--minutes") { Description = "How long to train, interruptions not counted.", DefaultValueFactory = _ => 120 };
        var command = new Command("train-base", "Train the frozen base model from random weights.") { games, output, minutes };
        command.SetAction(result =>
        {
            var options = new BaseTrainingOptions(result.GetRequiredValue(games), result.GetRequiredValue(output), result.GetValue(minutes));
            new BaseTrainer(options, Console.Error.WriteLine).Run();
            return 0;
        });
        return command;
    }
}
