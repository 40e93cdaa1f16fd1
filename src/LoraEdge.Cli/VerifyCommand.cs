using System.CommandLine;
using LoraEdge.Cli.Output;
using LoraEdge.Cli.Verification;
using LoraEdge.Onnx;
using LoraEdge.Onnx.Parity;
using LoraEdge.Training.Conformance;

namespace LoraEdge.Cli;

/// <summary><c>verify</c>: whether training executes a model as ONNX Runtime does, or the operators as ONNX's node tests want.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var model = new Argument<string?>("MODEL") { Description = "An ONNX file.", Arity = ArgumentArity.ZeroOrOne };
        var reference = new Option<string?>("--reference") { Description = "A JSON file of inputs and expected outputs to compare with, instead of seeded inputs and ONNX Runtime: {\"inputs\": {name: {\"type\", \"dims\", \"data\"}}, \"outputs\": {...}}, data being little-endian in base64." };
        var conformance = new Option<string?>("--conformance") { Description = "A directory of ONNX node tests to run instead of a model: a folder a case, with model.onnx and test_data_set_*." };
        var json = new Option<bool>("--json") { Description = "Nothing but a JSON object on standard output." };
        var command = new Command("verify", "Check that training computes what ONNX Runtime does: every output on seeded inputs, or what random outputs are made from. Exit code 0: agrees, 1: differs, or nothing could be compared, 2: refused or unusable.")
        {
            model, reference, conformance, json,
        };
        command.Validators.Add(result =>
        {
            bool hasModel = result.GetValue(model) is not null, hasConformance = result.GetValue(conformance) is not null;
            if (hasModel == hasConformance)
                result.AddError("Give either a MODEL or --conformance.");
            else if (hasConformance && result.GetValue(reference) is not null)
                result.AddError("--reference goes with a MODEL, not with --conformance.");
        });
        command.SetAction(result =>
        {
            TextWriter output = result.InvocationConfiguration.Output;
            return result.GetValue(conformance) is { } directory
                ? RunConformance(directory, result.GetValue(json), output)
                : RunModel(result.GetRequiredValue(model)!, result.GetValue(reference), result.GetValue(json), output);
        });
        return command;
    }

    private static int RunModel(string path, string? reference, bool json, TextWriter output)
    {
        try
        {
            OnnxModel model = OnnxModel.Load(path);
            ParityResult result = reference is null ? ModelVerification.AgainstOnnxRuntime(model) : ModelVerification.AgainstReference(model, ReferenceFile.Load(reference));
            if (json)
                output.WriteLine(JsonText.Of(VerifyReport.Of(result)));
            else
                VerifyReport.Write(result, model.Name, reference is null ? "ONNX Runtime" : Path.GetFileName(reference), output);
            return result.Agrees ? CommandLine.Success : CommandLine.Differs;
        }
        catch (LoraEdgeException refusal) when (json)
        {
            output.WriteLine(JsonText.Of(VerifyReport.Refused(refusal.Message)));
            throw;
        }
    }

    private static int RunConformance(string directory, bool json, TextWriter output)
    {
        ConformanceReport report = ConformanceReport.Of(ConformanceSuite.Run(directory));
        if (report.Cases.Count == 0)
            throw new InvalidOptionsException($"'{directory}' holds no conformance cases: folders with a model.onnx. Name the folder that holds theirs.");
        if (json)
            output.WriteLine(JsonText.Of(report));
        else
            report.Write(output);
        return report.Wrong + report.Failed == 0 ? CommandLine.Success : CommandLine.Differs;
    }
}
