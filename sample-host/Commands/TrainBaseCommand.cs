using System.CommandLine;
using Rival.BaseModel;

namespace Rival.Commands;

/// <summary><c>train-base</c>: makes the frozen model from a directory of games.</summary>
internal static class TrainBaseCommand
{
    public static Command Create()
    {
        var games = new Option<string?>("--games") { Description = "Directory with one PGN file (also .pgn.gz) per player.", Required = true };
        var output = new Option<string?>("--out") { Description = "Where the ONNX model goes; a checkpoint is kept beside it.", Required = true };
        var minutes = new Option<double>("--minutes") { Description = "How long to train, interruptions not counted.", DefaultValueFactory = _ => 120 };
        var startFrom = new Option<string?>("--start-from") { Description = "A model to go on from, instead of random weights." };
        var learningRate = new Option<double>("--learning-rate") { Description = "Highest learning rate.", DefaultValueFactory = _ => 2e-3 };
        var command = new Command("train-base", "Train the frozen base model from a directory of games.") { games, output, minutes, startFrom, learningRate };
        command.SetAction(result =>
        {
            string path = result.RequiredPathOf(output);
            double time = result.Within(minutes, "above 0 and at most 100000", value => value is > 0 and <= 100_000);
            var options = new BaseTrainingOptions(result.RequiredPathOf(games), path, time)
            {
                StartFrom = result.PathOf(startFrom),
                LearningRate = result.Within(learningRate, "above 0 and below 10", value => value is > 0 and < 10),
            };
            OutputFolder.RequireFor(output.Name, path);
            new BaseTrainer(options, Console.Error.WriteLine).Run();
            return 0;
        });
        return command;
    }
}
