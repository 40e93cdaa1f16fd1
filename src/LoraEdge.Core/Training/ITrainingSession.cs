namespace LoraEdge;

/// <summary>
/// One adapter in the making. Used by one thread. Training is a sequence of steps, so that whoever drives it decides
/// when the next one runs, and can pause or stop between any two.
/// </summary>
public interface ITrainingSession : IDisposable
{
    /// <summary>How far the session is.</summary>
    TrainingProgress Progress { get; }

    /// <summary>Runs one optimizer step, or scores one batch of held-out records while an evaluation is due.</summary>
    /// <returns>Whether there is more to do.</returns>
    /// <exception cref="TrainingFailedException">The loss or a gradient is not finite.</exception>
    bool Step();

    /// <summary>
    /// Gives back the memory of all that can be made again: the copies of the frozen weights, and what libtorch holds in
    /// reserve, on the GPU too. For a pause of more than a few seconds: the next step reads the weights again and takes about
    /// two steps' time. Changes nothing of what is learned.
    /// </summary>
    void ReleaseCaches();

    /// <summary>The best adapter so far by held-out loss; an adapter of zeros when nothing beat the frozen model.</summary>
    Adapter Complete();
}
