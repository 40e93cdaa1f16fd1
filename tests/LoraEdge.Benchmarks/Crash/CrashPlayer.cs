using LoraEdge.Onnx;

namespace LoraEdge.Benchmarks.Crash;

/// <summary>The tiny model of the benchmark, what its player does, and how a plugin keeps it.</summary>
internal static class CrashPlayer
{
    /// <summary>The one profile of every device.</summary>
    public const string Profile = "ada";

    private const int Features = 8, Hidden = 16, Classes = 4;
    private const int RecordsOfARule = 1000;

    // A number of up to 23 bits is exact in the fraction of a float of 1 to 2.
    private const int MostRecords = 1 << 23;

    /// <summary>Largest size of a log.</summary>
    public static InteractionLogOptions Log { get; } = new() { SegmentBytes = 16 * 1024, MaxBytes = 128 * 1024, FlushInterval = TimeSpan.FromMilliseconds(100) };

    /// <summary>The model's input.</summary>
    public static string Input => "x";

    /// <summary>A network of two layers.</summary>
    public static OnnxModel Model()
    {
        var random = new Random(1);
        var graph = new GraphBuilder("crash").Input(Input, TensorElementType.Float32, "batch", Features);
        string hidden = graph.Node("Relu", [Dense(graph, random, Input, "first", Features, Hidden)]);
        graph.Node("Identity", [Dense(graph, random, hidden, "head", Hidden, Classes)], ["logits"]);
        return graph.Output("logits", TensorElementType.Float32, "batch", Classes).Build();
    }

    /// <summary>Options with short sessions, small segments and frequent looks at other devices, so that all of it happens within a second.</summary>
    public static LoraEdgeOptions Options(string model, string? folder, IAdapterTrainer? trainer) => new()
    {
        ModelPath = model,
        Objective = new Objective { ValueName = "logits" },
        Trainer = trainer,
        StorageFolder = folder,
        Log = Log,
        SyncInterval = TimeSpan.FromMilliseconds(50),
        Training = new TrainingOptions { LearningRate = 0.05, MaxEpochs = 4, BatchSize = 16 },
        Adaptation = new AdaptationOptions { MinimumNewRecords = 16, CheckpointInterval = 5, Gate = new GateOptions { Alpha = 0.2, Patience = 200, SlowAfter = 1000, StopAfter = 1000 } },
    };

    /// <summary>What the model sees with a record.</summary>
    public static Dictionary<string, HostTensor> Inputs(long number) => new() { [Input] = HostTensor.From(Values(number), 1, Features) };

    /// <summary>What the player does: picks the largest of the first four, moved by a number that changes now and then.</summary>
    public static Target Choice(long number)
    {
        float[] values = Values(number);
        return Target.Class((int)((Array.IndexOf(values, values.Take(Classes).Max()) + (number / RecordsOfARule)) % Classes));
    }

    /// <summary>The weight of a record tells its number.</summary>
    public static float Weight(long number) => 1 + ((float)number / MostRecords);

    /// <summary>The number of a record.</summary>
    public static long Number(Interaction record) => (long)((record.Weight - 1) * MostRecords);

    private static float[] Values(long number)
    {
        var random = new Random((int)number);
        return [.. Enumerable.Range(0, Features).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }

    private static string Dense(GraphBuilder graph, Random random, string x, string name, int width, int outputs)
    {
        double limit = Math.Sqrt(3.0 / width);
        graph.Initializer($"{name}.weight", [.. Enumerable.Range(0, width * outputs).Select(_ => (float)(limit * ((2 * random.NextDouble()) - 1)))], width, outputs);
        graph.Initializer($"{name}.bias", new float[outputs], outputs);
        return graph.Node("Add", [graph.Node("MatMul", [x, $"{name}.weight"]), $"{name}.bias"]);
    }
}
