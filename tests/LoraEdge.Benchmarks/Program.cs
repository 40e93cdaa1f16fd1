using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text.Json;
using LoraEdge;
using LoraEdge.Benchmarks;
using LoraEdge.Benchmarks.Crash;
using LoraEdge.Benchmarks.Devices;
using LoraEdge.Benchmarks.Frames;
using LoraEdge.Benchmarks.Gate;
using LoraEdge.Benchmarks.Language;
using LoraEdge.Benchmarks.Personalization;
using LoraEdge.Benchmarks.Recording;
using LoraEdge.Benchmarks.Serving;
using LoraEdge.Benchmarks.TrainingStep;
using Rival.Chess;

if (args is [StepProcess.Verb, ..])
    return StepProcess.Run(args);
if (args is [CrashProcess.Verb, ..])
    return CrashProcess.Run(args);
var benchmarks = new Dictionary<string, Func<BenchmarkRun, object>>
{
    ["personalization"] = PersonalizationBenchmark.Run,
    ["language"] = LanguageBenchmark.Run,
    ["training-step"] = TrainingStepBenchmark.Run,
    ["frame-time"] = FrameTimeBenchmark.Run,
    ["cooperative"] = CooperativeBenchmark.Run,
    ["record"] = RecordBenchmark.Run,
    ["crash"] = CrashBenchmark.Run,
    ["gate"] = GateBenchmark.Run,
    ["devices"] = DevicesBenchmark.Run,
    ["serve-latency"] = ServeLatencyBenchmark.Run,
    ["swap"] = SwapBenchmark.Run,
    ["merge"] = MergeBenchmark.Run,
    ["profiles"] = ProfilesBenchmark.Run,
};
var name = new Argument<string>("name") { Description = $"What to measure: {string.Join(", ", benchmarks.Keys)}." };
name.AcceptOnlyFromAmong([.. benchmarks.Keys]);
var data = new Option<string?>("--data") { Description = "A folder laid out as ../shared/data that takes its place; every player in it counts as held out." };
var full = new Option<bool>("--full") { Description = "The full counts, learning rates tuned anew; takes hours." };
var json = new Option<bool>("--json") { Description = "Nothing on stdout but the JSON object." };
var root = new RootCommand("Measures LoraEdge. Progress goes to stderr; stdout ends with one JSON object.") { name, data, full, json };
root.SetAction(result =>
{
    var run = new BenchmarkRun(new BenchmarkData(result.GetValue(data)), result.GetValue(full), result.GetValue(json));
    object figures = benchmarks[result.GetRequiredValue(name)](run);
    Console.WriteLine(JsonSerializer.Serialize(figures, new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase }));
    return 0;
});
ParseResult parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction)
    return Fail($"{parsed.Errors[0].Message} See --help.");
try
{
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception error) when (error is LoraEdgeException or PgnException or IOException or UnauthorizedAccessException)
{
    return Fail(error.Message);
}

static int Fail(string message)
{
    Console.Error.WriteLine(string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    return 2;
}
