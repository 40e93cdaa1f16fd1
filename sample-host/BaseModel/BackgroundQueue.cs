using System.Collections.Concurrent;

namespace Rival.BaseModel;

/// <summary>Has the next few items made on another thread, while the present one is used.</summary>
internal sealed class BackgroundQueue<T> : IDisposable
{
    private const int Ahead = 8;

    private readonly BlockingCollection<T> _items = new(Ahead);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _producer;

    /// <summary>Begins.</summary>
    /// <param name="make">Makes one item; called on one other thread.</param>
    public BackgroundQueue(Func<T> make) => _producer = Task.Run(() => Produce(make));

    /// <summary>The next item; waits for it. What its making threw is thrown here.</summary>
    public T Take()
    {
        if (_items.TryTake(out T? item, Timeout.Infinite))
            return item;
        _producer.GetAwaiter().GetResult();
        throw new ObjectDisposedException(nameof(BackgroundQueue<T>));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stop.Cancel();
        ((IAsyncResult)_producer).AsyncWaitHandle.WaitOne();
        _items.Dispose();
        _stop.Dispose();
    }

    private void Produce(Func<T> make)
    {
        try
        {
            while (true)
                _items.Add(make(), _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nobody wants more.
        }
        finally
        {
            _items.CompleteAdding();
        }
    }
}
