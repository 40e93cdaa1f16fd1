using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>Float32 tensors where managed code can reach them: themselves where they are on the CPU, else copies that came in one transfer.</summary>
internal sealed class HostTensorGroup : IDisposable
{
    private readonly Tensor?[] _originals;
    private readonly Tensor? _copy;

    /// <param name="originals">The tensors, taken over.</param>
    private HostTensorGroup(Tensor?[] originals)
    {
        _originals = originals;
        Tensor[] elsewhere = [.. originals.OfType<Tensor>().Where(tensor => tensor.device_type != DeviceType.CPU)];
        if (elsewhere.Length == 0)
        {
            Tensors = originals;
            return;
        }

        using var _ = no_grad();
        Tensor[] flat = [.. elsewhere.Select(tensor => tensor.reshape(-1))];
        using (Tensor all = cat(flat, 0))
            _copy = all.cpu();
        foreach (Tensor part in flat)
            part.Dispose();
        Tensors = Parts(_copy);
    }

    /// <summary>The tensors, contiguous; null where there is none.</summary>
    public IReadOnlyList<Tensor?> Tensors { get; }

    /// <summary>The tensors themselves.</summary>
    public static HostTensorGroup Of(IReadOnlyList<Tensor> tensors) => new([.. tensors.Select(tensor => tensor.alias())]);

    /// <summary>Their gradients, where they have one.</summary>
    public static HostTensorGroup OfGradients(IReadOnlyList<Tensor> parameters) => new([.. parameters.Select(parameter => parameter.grad)]);

    /// <summary>Puts what was changed in the copies into the originals.</summary>
    public void WriteBack()
    {
        if (_copy is null)
            return;
        using var _ = no_grad();
        using Tensor all = _copy.to(_originals.OfType<Tensor>().First().device);
        Tensor?[] parts = Parts(all);
        for (int i = 0; i < parts.Length; i++)
        {
            using Tensor? part = parts[i];
            if (part is not null)
                _originals[i]!.copy_(part);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor? tensor in _copy is null ? _originals : _originals.Concat(Tensors))
            tensor?.Dispose();
        _copy?.Dispose();
    }

    /// <summary>One tensor for each original, out of a vector that holds their elements one behind the other.</summary>
    private Tensor?[] Parts(Tensor all)
    {
        var parts = new Tensor?[_originals.Length];
        long start = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            if (_originals[i] is not { } original)
                continue;
            using Tensor part = all.narrow(0, start, original.numel());
            parts[i] = part.reshape(original.shape);
            start += original.numel();
        }

        return parts;
    }
}
