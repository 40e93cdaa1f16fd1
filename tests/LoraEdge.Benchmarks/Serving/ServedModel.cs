using LoraEdge.Onnx;
using Rival.Policy;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>A model that is served, and made-up inputs for it.</summary>
/// <param name="Name">What it is called in the output.</param>
/// <param name="Model">The frozen model.</param>
/// <param name="IsSmall">Whether an inference takes well below a millisecond, so that the number of nodes counts, not the arithmetic.</param>
internal sealed record ServedModel(string Name, OnnxModel Model, bool IsSmall)
{
    private const int Vocabulary = 2_048;

    /// <summary>All of them: the sample's policy, stories15M, and a generated decoder of 12 million weights.</summary>
    public static IReadOnlyList<ServedModel> All(BenchmarkRun run) =>
    [
        new("rival-base", OnnxModel.Load(PolicyModel.ShippedPath), IsSmall: true),
        new("generated-12M", GeneratedDecoder.Create(), IsSmall: false),
        new("stories15M", OnnxModel.Load(run.Data.File("models/stories15M/stories15M.onnx")), IsSmall: false),
    ];

    /// <summary>The value that training of it would score.</summary>
    public string ScoredValue => Model.Graph.Outputs[0].Name;

    private bool IsLanguageModel => Model.Graph.Inputs[0].Name == "input_ids";

    /// <summary>Tokens in each row of a batch; null for a model of positions on a board.</summary>
    public int? Tokens(int batch) => !IsLanguageModel ? null : batch > 32 ? 8 : 32;

    /// <summary>Inputs of a batch, the same in every run.</summary>
    public IReadOnlyDictionary<string, HostTensor> Inputs(int batch)
    {
        var random = new Random(batch);
        return Tokens(batch) is { } tokens
            ? new() { ["input_ids"] = HostTensor.From([.. Enumerable.Range(0, batch * tokens).Select(_ => (long)random.Next(3, Vocabulary))], batch, tokens) }
            : new Dictionary<string, HostTensor> { ["board"] = HostTensor.From([.. Enumerable.Range(0, batch * 64 * BoardPlanes.Count).Select(_ => (byte)(random.Next(10) == 0 ? 1 : 0))], batch, 64, BoardPlanes.Count) };
    }
}
