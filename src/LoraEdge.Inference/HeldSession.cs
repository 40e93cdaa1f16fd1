using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>A session that stays, and stays the same, until this is disposed, also when its owner retires it before. For one thread at a time.</summary>
/// <param name="session">A session whose <see cref="MergedSession.TryHold"/> has succeeded.</param>
internal sealed class HeldSession(MergedSession session) : IDisposable
{
    private bool _ended;

    /// <summary>The adapter that is merged in; null for the base model.</summary>
    public Adapter? Adapter => session.Adapter;

    /// <inheritdoc cref="MergedSession.RunHeld"/>
    public IDisposableReadOnlyCollection<OrtValue> Run(string[] names, IReadOnlyCollection<OrtValue> values, string[] outputs) => session.RunHeld(names, values, outputs);

    /// <summary>Ends the hold. A session that was retired meanwhile is released.</summary>
    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        session.EndHold();
    }
}
