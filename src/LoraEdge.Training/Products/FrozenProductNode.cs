#if NET
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LoraEdge.Training.Products;

/// <summary>
/// A <see cref="FrozenProduct"/> in autograd's graph. Not a TorchSharp SingleTensorFunction: that one keeps a buffer as large as
/// the result until the graph is gone, leaves gradients to the garbage collector, and is not made for several threads. The
/// native functions below it are the same.
/// </summary>
internal sealed unsafe class FrozenProductNode
{
    private const string Library = "LibTorchSharp";

    /// <summary>Autograd holds native pointers to their callbacks only.</summary>
    private static readonly ConcurrentDictionary<FrozenProductNode, bool> s_alive = [];

    /// <summary>No gradient has this shape: autograd refuses it with an error, where an exception would end the process.</summary>
    private static readonly Tensor s_failed = tensor(0f);

    [ThreadStatic]
    private static FrozenProductNode? t_last;

    private readonly Tensor _weight;
    private readonly ApplyCallback _apply;
    private readonly DeleteCallback _delete;
    private readonly AllocateCallback _allocate;
    /// <summary>Where the handle of the one result goes, of both passes.</summary>
    private readonly nint* _returned = (nint*)NativeMemory.Alloc((nuint)sizeof(nint));
    private Tensor? _gradient;

    private FrozenProductNode(Tensor weight)
    {
        (_weight, _apply, _delete, _allocate) = (weight.alias(), Differentiate, Delete, _ => _returned);
        s_alive[this] = true;
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate Handles ApplyCallback(nint* gradients, int count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void DeleteCallback();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint* AllocateCallback(nint count);

    /// <summary>The product, with the gradient of x.</summary>
    /// <param name="x">The other factor; it requires a gradient.</param>
    /// <param name="weight">The frozen matrix.</param>
    public static Tensor Apply(Tensor x, Tensor weight)
    {
        using Tensor product = FrozenProduct.Multiply(x, weight);
        var managed = new FrozenProductNode(weight);
        Pointers node = THSAutograd_CSharpNode_ctor(managed._apply, managed._delete);
        CheckForErrors();
        try
        {
            nint input = x.Handle, output = product.Handle;
            THSAutograd_CSharpNode_setNextEdges(node, new Handles(&input), true);
            CheckForErrors();
            THSAutograd_Function_wrapOutputs(new Handles(&input), default, default, new Handles(&output), node, managed._allocate);
            CheckForErrors();
            return Tensor.UnsafeCreateTensor(*managed._returned);
        }
        finally
        {
            THSAutograd_CSharpNode_disposeSharedPtr(node);
            THSAutograd_CSharpNode_disposeWeakPtr(node);
        }
    }

    private Handles Differentiate(nint* gradients, int count)
    {
        try
        {
            *_returned = 0;
            if (gradients[0] == 0)
                return new Handles(_returned);
            using Tensor gradient = Tensor.UnsafeCreateTensor(gradients[0]), transposed = _weight.t();
            // Autograd takes a reference to what is returned after this has returned: ours is given up one product later.
            t_last?.Release();
            t_last = this;
            _gradient = FrozenProduct.Multiply(gradient, transposed);
            *_returned = _gradient.Handle;
        }
        catch (Exception)
        {
            *_returned = s_failed.Handle;
        }

        return new Handles(_returned);
    }

    private void Delete()
    {
        Release();
        _weight.Dispose();
        NativeMemory.Free(_returned);
        s_alive.TryRemove(this, out _);
    }

    private void Release() => Interlocked.Exchange(ref _gradient, null)?.Dispose();

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

    /// <summary>An array of tensor handles, as the native side has it; here of one or none.</summary>
    private readonly struct Handles(nint* first)
    {
        public readonly nint* First = first;
        public readonly long Count = 1;
    }

    /// <summary>A node, as the native side has it.</summary>
    private readonly record struct Pointers(nint Shared, nint Weak);
}
#endif
