namespace LoraEdge.Adaptation;

/// <summary>What keeps a profile from being adapted to. Changed by the training thread; <see cref="Resume"/> comes from any.</summary>
internal sealed class LearnerFailures
{
    private Exception? _round;
    private Exception? _sync;
    private volatile bool _resumes;

    /// <summary>Whether rounds wait until the host asks for another try; from any thread.</summary>
    public bool HasRoundFailed => Volatile.Read(ref _round) is not null;

    /// <summary>Whether the host has asked for one; from any thread.</summary>
    public bool Resumes => _resumes;

    /// <summary>Why adaptation or sync fails; null when they work.</summary>
    public Exception? Error => _round ?? _sync;

    /// <summary>Asks for another try.</summary>
    public void Resume() => _resumes = true;

    /// <summary>Begins another try, if the host has asked for one.</summary>
    public bool TryAgain()
    {
        if (!_resumes)
            return false;
        _resumes = false;
        Forget();
        return true;
    }

    /// <summary>A round has failed.</summary>
    public void FailRound(Exception error) => Volatile.Write(ref _round, error);

    /// <summary>What failed counts no more.</summary>
    public void Forget() => Volatile.Write(ref _round, null);

    /// <summary>Looking for what other devices have brought has failed, or works (again).</summary>
    /// <returns>Whether that is news.</returns>
    public bool FailSync(Exception? error)
    {
        bool isNews = error?.Message != _sync?.Message;
        _sync = error;
        return isNews;
    }
}
