namespace LoraEdge;

/// <summary>
/// Trains adapters. A host that trains hands one to the plugin; a host that only serves has none and ships without
/// libtorch.
/// </summary>
public interface IAdapterTrainer : IDisposable
{
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
