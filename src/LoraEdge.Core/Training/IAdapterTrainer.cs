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
}
