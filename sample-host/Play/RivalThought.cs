using Rival.Chess;

namespace Rival.Play;

/// <summary>How the rival plays.</summary>
/// <param name="Temperature">0 for always the most probable move, up to 2.</param>
/// <param name="BlunderCheck">Whether a shallow search rejects blunders.</param>
public readonly record struct RivalStrength(double Temperature, bool BlunderCheck);

/// <summary>The rival's choice of a move, made on a thread of its own: a search has no place in a frame.</summary>
internal sealed class RivalThought : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly Task<Move> _task;

    /// <summary>Begins to think.</summary>
    /// <param name="position">The position.</param>
    /// <param name="forecast">What the rival's mind would play.</param>
    /// <param name="strength">How it plays.</param>
    /// <param name="random">The draw; used by this thought alone, since one that was ended may still run.</param>
    public RivalThought(Position position, MoveForecast forecast, RivalStrength strength, Random random)
    {
        CancellationToken ended = _ended.Token;
        _task = Task.Factory.StartNew(() => Choose(position, forecast, strength, random, ended), ended, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The move, once it is found.</summary>
    public bool TryGet(out Move move)
    {
        move = _task.IsCompleted ? _task.GetAwaiter().GetResult() : default;
        return _task.IsCompleted;
    }

    /// <summary>Chooses a move.</summary>
    internal static Move Choose(in Position position, MoveForecast forecast, RivalStrength strength, Random random, CancellationToken ended)
    {
        bool[] among = strength.BlunderCheck ? new BlunderSearch(ended).Sound(position, forecast.Moves) : [.. forecast.Moves.Select(_ => true)];
        return forecast.Draw(strength.Temperature, random, among);
    }

    /// <summary>Ends the thought; nobody waits for it.</summary>
    public void Dispose() => _ended.Cancel();
}
