namespace LoraEdge;

/// <summary>
/// Trains adapters. A host that trains hands one to the plugin; a host that only serves has none and ships without
/// libtorch.
/// </summary>
public interface IAdapterTrainer : IDisposable
{
    /// <summary>
    /// Name and version of what computes, for example <c>LoraEdge.Training 1.2.0, TorchSharp 0.107.0</c>. A model that was found
    /// to be computed as ONNX Runtime does is not compared again under the same name. Null: it is compared whenever it is loaded.
    /// </summary>
    string? Executor { get; }

    /// <summary>
    /// Checks whether a model can be trained, by all that can be told without running it. Called while the host loads: opens no
    /// device and runs nothing; costs about as much as reading the file.
    /// </summary>
    /// <param name="modelPath">Path of the frozen ONNX model.</param>
    /// <param name="objective">What will be minimised.</param>
    /// <param name="options">How it will be trained.</param>
    /// <exception cref="UnsupportedModelException">Some nodes cannot be executed in training; all of them are listed.</exception>
    /// <exception cref="LoraEdgeException">The model, the objective or an option cannot be used.</exception>
    void RequireSupport(string modelPath, Objective objective, TrainingOptions options);

    /// <summary>
    /// Checks the request and prepares a session. Takes as long as it takes to read the model and to score the held-out records
    /// once, twice with an <see cref="TrainingRequest.Initial"/> adapter: not for a thread that draws frames.
    /// </summary>
    /// <exception cref="LoraEdgeException">The model, the objective, a record or an option cannot be used.</exception>
    ITrainingSession Start(TrainingRequest request);

    /// <summary>Prepares a session that goes on where another has stopped, and ends in the same adapter, byte for byte.</summary>
    /// <param name="request">The request of that session: the same model, records and options.</param>
    /// <param name="checkpoint">What its <see cref="ITrainingSession.Checkpoint"/> has returned.</param>
    /// <exception cref="InvalidCheckpointException">The checkpoint is damaged, of another version, or of another request; the message says what differs.</exception>
    /// <exception cref="LoraEdgeException">The model, the objective, a record or an option cannot be used.</exception>
    ITrainingSession Resume(TrainingRequest request, ReadOnlyMemory<byte> checkpoint);

    /// <summary>Checks the request and prepares the scoring of records under several adapters.</summary>
    /// <exception cref="InvalidInputException">Some records do not fit; it has them all.</exception>
    /// <exception cref="LoraEdgeException">The model, the objective, an adapter or an option cannot be used.</exception>
    IScoringSession Score(ScoreRequest request);

    /// <summary>
    /// Computes values of a model as training would, with an adapter or without: what is compared with ONNX Runtime before
    /// anything is trained, and again before a trained adapter serves.
    /// </summary>
    /// <returns>The values by name; those of a type that a <see cref="HostTensor"/> cannot hold are left out.</returns>
    /// <exception cref="LoraEdgeException">The model cannot be executed, or not on these inputs or with this adapter.</exception>
    IReadOnlyDictionary<string, HostTensor> Forward(ForwardRequest request);
}
