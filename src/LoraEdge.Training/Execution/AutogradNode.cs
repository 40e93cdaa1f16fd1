#if NET
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// An operation of our own in autograd's graph. Not a TorchSharp SingleTensorFunction: that one keeps a buffer as large as the
/// result until the graph is gone, leaves gradients to the garbage collector, and is not made for several threads. The native
/// functions below it are the same.
/// </summary>
internal sealed unsafe class AutogradNode
{
    private const string Library = "LibTorchSharp";

    /// <summary>Autograd holds native pointers to their callbacks only.</summary>
    private static readonly ConcurrentDictionary<AutogradNode, bool> s_alive = [];

    /// <summary>No gradient has this shape: autograd refuses it with an error, where an exception would end the process.</summary>
    private static readonly Tensor s_failed = tensor(0f);

    [ThreadStatic]
    private static AutogradNode? t_last;

    private readonly int _inputs;
    private readonly Tensor[] _saved;
    private readonly Func<Tensor, Tensor[]> _differentiate;
    private readonly ApplyCallback _apply;
    private readonly DeleteCallback _delete;
    private readonly AllocateCallback _allocate;

    /// <summary>Where the handles of results go, of both passes.</summary>
    private readonly nint* _returned;
    private Tensor[]? _gradients;

    private AutogradNode(int inputs, Tensor[] saved, Func<Tensor, Tensor[]> differentiate)
    {
        (_inputs, _saved, _differentiate) = (inputs, saved, differentiate);
        (_apply, _delete, _allocate) = (Differentiate, Delete, _ => _returned);
        _returned = (nint*)NativeMemory.AllocZeroed((nuint)inputs, (nuint)sizeof(nint));
        s_alive[this] = true;
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate Handles ApplyCallback(nint* gradients, int count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void DeleteCallback();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint* AllocateCallback(nint count);

    /// <summary>A result with its way back.</summary>
    /// <param name="result">The result, computed without autograd; taken over.</param>
    /// <param name="inputs">What it was computed from, at least one of which requires a gradient; borrowed.</param>
    /// <param name="saved">What the gradients are computed from; taken over, and disposed when the graph is gone.</param>
    /// <param name="differentiate">Computes the gradients of all inputs, in their shapes, from that of the result.</param>
    public static Tensor Attach(Tensor result, Tensor[] inputs, Tensor[] saved, Func<Tensor, Tensor[]> differentiate)
    {
        using Tensor value = result;
        var managed = new AutogradNode(inputs.Length, saved, differentiate);
        Pointers node = THSAutograd_CSharpNode_ctor(managed._apply, managed._delete);
        CheckForErrors();
        nint output = value.Handle;
        nint[] handles = [.. inputs.Select(input => input.Handle)];
        fixed (nint* first = handles)
        {
            try
            {
                THSAutograd_CSharpNode_setNextEdges(node, new Handles(first, inputs.Length), true);
                CheckForErrors();
                THSAutograd_Function_wrapOutputs(new Handles(first, inputs.Length), default, default, new Handles(&output, 1), node, managed._allocate);
                CheckForErrors();
                return Tensor.UnsafeCreateTensor(*managed._returned);
            }
            finally
            {
                GC.KeepAlive(inputs);
                THSAutograd_CSharpNode_disposeSharedPtr(node);
                THSAutograd_CSharpNode_disposeWeakPtr(node);
            }
        }
    }

    private Handles Differentiate(nint* gradients, int count)
    {
        new Span<nint>(_returned, _inputs).Clear();
        try
        {
            if (gradients[0] == 0)
                return new Handles(_returned, _inputs);
            using Tensor gradient = Tensor.UnsafeCreateTensor(gradients[0]);
            // Autograd takes references to what is returned after this has returned: ours are given up one node later.
            t_last?.Release();
            t_last = this;
            _gradients = _differentiate(gradient);
            for (int i = 0; i < _inputs; i++)
                _returned[i] = _gradients[i].Handle;
        }
        catch (Exception)
        {
            new Span<nint>(_returned, _inputs).Fill(s_failed.Handle);
        }

        return new Handles(_returned, _inputs);
    }

    private void Delete()
    {
        Release();
        foreach (Tensor tensor in _saved)
            tensor.Dispose();
        NativeMemory.Free(_returned);
        s_alive.TryRemove(this, out _);
    }

    private void Release()
    {
        foreach (Tensor gradient in Interlocked.Exchange(ref _gradients, null) ?? [])
            gradient.Dispose();
    }

    [DllImport(Library)]
    private static extern Pointers THSAutograd_CSharpNode_ctor(ApplyCallback apply, DeleteCallback delete);

    [DllImport(Library)]
    private static extern void THSAutograd_CSharpNode_setNextEdges(Pointers node, Handles inputs, [MarshalAs(UnmanagedType.U1)] bool isExecutable);

    [DllImport(Library)]
    private static extern void THSAutograd_Function_wrapOutputs(
        Handles inputs, Handles withoutGradient, Handles changed, Handles outputs, Pointers node, AllocateCallback allocate);

    [DllImport(Library)]
    private static extern void THSAutograd_CSharpNode_disposeSharedPtr(Pointers node);

    [DllImport(Library)]
    private static extern void THSAutograd_CSharpNode_disposeWeakPtr(Pointers node);

    /// <summary>An array of tensor handles, as the native side has it.</summary>
    private readonly struct Handles(nint* first, long count)
    {
        public readonly nint* First = first;
        public readonly long Count = count;
    }

    /// <summary>A node, as the native side has it.</summary>
    private readonly record struct Pointers(nint Shared, nint Weak);
}
#endif
