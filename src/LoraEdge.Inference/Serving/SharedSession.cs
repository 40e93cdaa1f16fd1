namespace LoraEdge.Inference;

/// <summary>
/// A session that many players share: opened when it is first needed, and once more where that failed or where the model goes on
/// without the device that it was opened on. Safe to use from several threads.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="open">Opens it.</param>
internal sealed class SharedSession<T>(ServingModel model, Func<T> open) : IDisposable
    where T : IDisposable
{
    // The last one is in use. Players find out one by one that those before it have lost their device.
    private readonly List<T> _opened = [];
    private SessionSettings? _settings;
    private bool _disposed;

    /// <summary>The session.</summary>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public T Value
    {
        get
        {
            lock (_opened)
            {
                if (_disposed)
                    throw new ObjectDisposedException(nameof(AdapterServer));
                SessionSettings settings = model.Settings;
                if (!ReferenceEquals(settings, _settings))
                {
                    _opened.Add(open());
                    _settings = settings;
                }

                return _opened[_opened.Count - 1];
            }
        }
    }

    /// <summary>Releases it, as soon as the runs in progress have ended.</summary>
    public void Dispose()
    {
        lock (_opened)
        {
            _disposed = true;
            foreach (T session in _opened)
                session.Dispose();
            _opened.Clear();
        }
    }
}
