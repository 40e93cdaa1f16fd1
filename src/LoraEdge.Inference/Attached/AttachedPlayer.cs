namespace LoraEdge.Inference;

/// <summary>One player of an <see cref="AttachedSession"/>, who leaves its tables when this is released.</summary>
internal sealed class AttachedPlayer : ServingSession
{
    private readonly SessionRunner _runner;
    private readonly PlayerTables _tables;

    /// <param name="session">The session.</param>
    /// <param name="runner">Its runner.</param>
    /// <param name="tables">Its tables.</param>
    /// <param name="number">The player's number, taken over.</param>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public AttachedPlayer(AttachedSession session, SessionRunner runner, PlayerTables tables, int number)
        : base(runner)
    {
        (Session, _runner, _tables, Number) = (session, runner, tables, number);
        if (!runner.TryEnter())
            throw new ObjectDisposedException(nameof(AttachedSession));
    }

    /// <summary>The session in whose tables the player is.</summary>
    public AttachedSession Session { get; }

    /// <summary>The player's number.</summary>
    public int Number { get; }

    /// <inheritdoc />
    public override ServingMode Mode => ServingMode.Attached;

    private protected override Feed? EnterFeed() => _tables.Enter(Number);

    private protected override void Release()
    {
        Session.Remove(Number);
        _runner.Leave();
    }
}
