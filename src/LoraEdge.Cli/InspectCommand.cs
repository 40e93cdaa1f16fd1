using System.CommandLine;
using LoraEdge.Cli.Inspection;
using LoraEdge.Cli.Output;
using LoraEdge.Onnx;

namespace LoraEdge.Cli;

/// <summary><c>inspect</c>: what can be adapted in a model, and whether it can be trained.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "An ONNX file." };
        var json = new Option<bool>("--json") { Description = "Nothing but a JSON object on standard output." };
        var rank = new Option<int>("--rank") { Description = $"Rank of the adapter whose bytes are told, 1 to {AdapterLimits.MaxRank}.", DefaultValueFactory = _ => 1 };
        var include = new Option<string[]>("--include") { Description = "Names of weights to adapt, * for any characters and ? for one. Default: all but a vocabulary-sized one whose B would be more than half of the file.", AllowMultipleArgumentsPerToken = true };
        var exclude = new Option<string[]>("--exclude") { Description = "Names of weights to leave out; stronger than --include.", AllowMultipleArgumentsPerToken = true };
        var command = new Command("inspect", "Print the layers of a model that are adapted, those left out and why, candidates for the objective, the operators and whether training supports them, inputs, outputs, opsets and the fingerprint.")
        {
            model, json, rank, include, exclude,
        };
        command.SetAction(result =>
        {
            int chosenRank = result.GetValue(rank);
            if (chosenRank is < 1 or > AdapterLimits.MaxRank)
                throw new InvalidOptionsException($"--rank is {chosenRank}; it must be from 1 to {AdapterLimits.MaxRank}.");
            ModelReport report = ModelReport.Of(OnnxModel.Load(result.GetRequiredValue(model)), chosenRank, result.GetValue(include) ?? [], result.GetValue(exclude) ?? []);
            TextWriter output = result.InvocationConfiguration.Output;
            if (result.GetValue(json))
                output.WriteLine(JsonText.Of(report));
            else
                ModelReportText.Write(report, output);
            return CommandLine.Success;
        });
        return command;
    }
}
