namespace LoraEdge;

/// <summary>
/// One adapter in the making. Used by one thread at a time; it need not be the one that started it. Training is a sequence of
/// slices, whose content is fixed when the session starts: whoever drives it decides when the next one runs, and can pause or
/// stop between any two, without an influence on the result.
/// </summary>
public interface ITrainingSession : IDisposable
{
    /// <summary>How far the session is.</summary>
    TrainingProgress Progress { get; }

    /// <summary>
    /// Runs one slice: some records of a batch forward and backward, or some held-out records forward while an evaluation is
    /// due (see <see cref="TrainingOptions.SliceSize"/>). The optimizer moves the adapter with the last slice of a batch.
    /// </summary>
    /// <returns>Whether there is more to do.</returns>
    /// <exception cref="TrainingFailedException">A loss, a gradient or a trained weight is not finite, or an earlier step has failed.</exception>
    bool Step();

    /// <summary>
    /// Gives back the memory of all that can be made again: the copies of the frozen weights, and what libtorch holds in
    /// reserve, on the GPU too. For a pause of more than a few seconds: the next step reads the weights again and takes about
    /// two steps' time. Changes nothing of what is learned.
    /// </summary>
    void ReleaseCaches();

    /// <summary>
    /// All that <see cref="IAdapterTrainer.Resume"/> needs to go on from here, after a restart of the process too, and to end in
    /// the same adapter, byte for byte. Takes about five times the adapter's size in fp32. Of a batch of which some slices have
    /// run, those are run again.
    /// </summary>
    /// <exception cref="TrainingFailedException">A number is not finite; there is nothing to go on from.</exception>
    byte[] Checkpoint();

    /// <summary>
    /// The best adapter so far by held-out loss. Where nothing beat what training started from, that: an adapter of zeros, or
    /// <see cref="TrainingRequest.Initial"/> itself.
    /// </summary>
    Adapter Complete();
}
