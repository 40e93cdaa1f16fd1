using LoraEdge.Onnx;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// What the values of a run may take together. A model that asks for more is damaged or hostile: libtorch would take the whole
/// machine's memory before it fails. What is allowed grows with what the model and its inputs take themselves, so that large
/// models and batches have room.
/// </summary>
/// <param name="limit">Bytes.</param>
internal sealed class ValueMemory(long limit)
{
    private const long TimesGiven = 16;

    private long _held;

    /// <summary>Bytes that are left.</summary>
    public long Left => limit - _held;

    /// <summary>What is wrong where there is not enough, as the end of a sentence.</summary>
    public string Exceeded => $"the values of the run would take more than {limit >> 20} MB, the most for a model and inputs of this size; raise {nameof(RunLimits)}.{nameof(RunLimits.TrainingMegabytes)} if they are meant to";

    /// <summary>For one run of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">What is fed.</param>
    /// <param name="limits">What the host allows beside what grows with both.</param>
    public static ValueMemory For(OnnxModel model, IEnumerable<Tensor> inputs, RunLimits limits) =>
        new(((long)limits.TrainingMegabytes << 20) + (TimesGiven * ((sizeof(float) * model.Graph.Initializers.Values.Sum(weight => weight.Count)) + inputs.Sum(BytesOf))));

    /// <summary>Whether another value of a value's size would fit.</summary>
    public bool HasRoomFor(Tensor value) => BytesOf(value) <= Left;

    /// <summary>Accounts for a value, as if its elements were its alone.</summary>
    public void Take(Tensor value) => _held += BytesOf(value);

    /// <summary>Accounts for a value that is about to be disposed.</summary>
    public void GiveBack(Tensor value) => _held -= BytesOf(value);

    private static long BytesOf(Tensor tensor) => tensor.numel() * tensor.element_size();
}
