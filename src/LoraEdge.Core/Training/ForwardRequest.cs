namespace LoraEdge;

/// <summary>One order to an <see cref="IAdapterTrainer"/>: run a model once, exactly as training would.</summary>
public sealed record ForwardRequest
{
    /// <summary>Path of the frozen ONNX model.</summary>
    public required string ModelPath { get; init; }

    /// <summary>The model's inputs by name.</summary>
    public required IReadOnlyDictionary<string, HostTensor> Inputs { get; init; }

    /// <summary>Names of the values to compute, outputs or internal ones; only their ancestors run.</summary>
    public required IReadOnlyList<string> Values { get; init; }

    /// <summary>The adapter beside the frozen weights. Default: none.</summary>
    public Adapter? Adapter { get; init; }

    /// <summary>The calibrated projection shipped beside the model. Default: null, there is none.</summary>
    public CalibratedProjection? Calibrated { get; init; }

    /// <summary>CPU threads. Default: 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>What the run may take.</summary>
    public RunLimits Limits { get; init; } = new();
}
