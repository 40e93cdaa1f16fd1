using LoraEdge.Background;

namespace LoraEdge.Adaptation;

/// <summary>Removes all that is known about a player.</summary>
internal sealed class ForgetJob(Learner learner, ProfileStore store) : BackgroundJob
{
    private readonly TaskCompletionSource<ForgottenPlayer> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ForgottenPlayer? _forgotten;

    /// <inheritdoc />
    public override bool IsUrgent => true;

    /// <summary>What was removed.</summary>
    public Task<ForgottenPlayer> Done => _done.Task;

    /// <inheritdoc />
    public override IEnumerator<JobPart> Run(IAdapterTrainer? trainer)
    {
        yield return JobPart.Lengthy;
        ForgottenProfile adapters = store.Forget();
        LogErasure records = learner.Forget();
        _forgotten = new ForgottenPlayer(adapters.Files, records.Records, records.Bytes);
    }

    /// <inheritdoc />
    public override void ReleaseCaches()
    {
    }

    /// <inheritdoc />
    public override void End(Exception? error, bool isCancelled)
    {
        if (_forgotten is not null)
            _done.SetResult(_forgotten);
        else if (error is not null)
            _done.SetException(error);
        else
            _done.SetCanceled();
    }
}
