namespace LoraEdge.Inference;

/// <summary>
/// Inferences of one shape, one after another, without garbage: the inputs are written into memory of the call's own, the
/// outputs appear in memory of the call's own, and every run is on the adapter that is in use when it begins. A run allocates
/// no managed memory, save for the first after an adapter was swapped in, and on a GPU a few hundred bytes.
/// </summary>
/// <remarks>
/// One thread at a time uses a call, so prepare one for each thread; any number of them run at once, beside swaps and beside
/// <see cref="AdapterSlot.Run(IReadOnlyDictionary{string, HostTensor})"/>. Dispose it: its memory is pinned until then.
/// </remarks>
public sealed class InferenceCall : IDisposable
{
    private readonly AdapterSlot _slot;
    private readonly CallBinding _binding;
    private readonly UseCount _uses;
    private int _running;

    internal InferenceCall(AdapterSlot slot, CallBinding binding)
    {
        _slot = slot;
        _binding = binding;
        _uses = new UseCount(binding.Dispose);
    }

    /// <summary>The inputs by name: write into their elements. Types and shapes stay.</summary>
    public IReadOnlyDictionary<string, HostTensor> Inputs => _binding.Inputs;

    /// <summary>The outputs by name, as the last run has left them. The same objects for as long as the call lives.</summary>
    public IReadOnlyDictionary<string, HostTensor> Outputs => _binding.Outputs;

    /// <summary>The elements of an input, row-major, to be written.</summary>
    /// <typeparam name="T">float, long, int, sbyte, byte or bool.</typeparam>
    /// <param name="name">Name of the input.</param>
    /// <exception cref="InvalidInputException">There is no such input, or its elements are of another type.</exception>
    public Span<T> Input<T>(string name)
        where T : unmanaged => Find(Inputs, name, "input").AsSpan<T>();

    /// <summary>The elements of an output, row-major, as the last run has left them.</summary>
    /// <typeparam name="T">float, long, int, sbyte, byte or bool.</typeparam>
    /// <param name="name">Name of the output.</param>
    /// <exception cref="InvalidInputException">There is no such output, or its elements are of another type.</exception>
    public ReadOnlySpan<T> Output<T>(string name)
        where T : unmanaged => Find(Outputs, name, "output").AsSpan<T>();

    /// <summary>Computes every output from what the inputs hold now, on the calling thread.</summary>
    /// <exception cref="InvalidInputException">The values of the inputs do not fit the model, or give an output another shape than it had when the call was prepared.</exception>
    /// <exception cref="InvalidOperationException">The call is running on another thread.</exception>
    /// <exception cref="ObjectDisposedException">The call was disposed, or the profile or plugin that it belongs to.</exception>
    public void Run()
    {
        if (!_uses.TryEnter())
            throw new ObjectDisposedException(nameof(InferenceCall));
        bool isFirst = Interlocked.Exchange(ref _running, 1) == 0;
        try
        {
            if (!isFirst)
                throw new InvalidOperationException("The call is running on another thread; prepare one for each thread.");
            _slot.Run(_binding);
        }
        finally
        {
            if (isFirst)
                Volatile.Write(ref _running, 0);
            _uses.Leave();
        }
    }

    /// <summary>
    /// Runs several times, so that the next run costs what later ones cost: in its first runs a session takes its memory, and .NET
    /// compiles. For a loading screen, and for the moment after an adapter was swapped in.
    /// </summary>
    /// <param name="runs">How many times. Default: 3.</param>
    /// <exception cref="InvalidInputException">The values of the inputs do not fit the model.</exception>
    /// <exception cref="InvalidOperationException">The call is running on another thread.</exception>
    /// <exception cref="ObjectDisposedException">The call was disposed, or the profile or plugin that it belongs to.</exception>
    public void WarmUp(int runs = 3)
    {
        for (int i = 0; i < runs; i++)
            Run();
    }

    /// <summary>Releases the memory to the garbage collector, as soon as a run in progress has ended.</summary>
    public void Dispose() => _uses.Close();

    private static HostTensor Find(IReadOnlyDictionary<string, HostTensor> tensors, string name, string kind) =>
        tensors.TryGetValue(name, out HostTensor? tensor)
            ? tensor
            : throw new InvalidInputException($"The call has no {kind} '{name}'. Its {kind}s are {string.Join(", ", tensors.Keys)}.");
}
