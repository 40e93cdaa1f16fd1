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

    /// <summary>Checks the request and prepares a session. Called on the thread that will run its steps.</summary>
    /// <exception cref="LoraEdgeException">The model, the objective, a record or an option cannot be used.</exception>
    ITrainingSession Start(TrainingRequest request);

    /// <summary>
    /// Computes values of a model as training would, with an adapter or without: what is compared with ONNX Runtime before
    /// anything is trained, and again before a trained adapter serves. Called on the training thread.
    /// </summary>
    /// <returns>The values by name; those of a type that a <see cref="HostTensor"/> cannot hold are left out.</returns>
    /// <exception cref="LoraEdgeException">The model cannot be executed, or not on these inputs or with this adapter.</exception>
    IReadOnlyDictionary<string, HostTensor> Forward(ForwardRequest request);
}
