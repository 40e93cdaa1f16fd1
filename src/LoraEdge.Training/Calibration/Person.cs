using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Records;
using static TorchSharp.torch;

namespace LoraEdge.Training.Calibration;

/// <summary>One person in a calibration: records, a B of their own, and that B's optimizer state.</summary>
internal sealed class Person
{
    private readonly RecordSampler _sampler;
    private readonly AdamW _optimizer;
    private readonly IReadOnlyList<Tensor> _b;
    private float[][] _values;

    /// <summary>Begins with B = 0.</summary>
    /// <param name="records">The person's records.</param>
    /// <param name="b">The parameters that hold the B of whoever's turn it is.</param>
    /// <param name="batchSize">Records per step.</param>
    /// <param name="seed">Seed of the order of records.</param>
    public Person(IReadOnlyList<Interaction> records, IReadOnlyList<Tensor> b, int batchSize, ulong seed)
    {
        _sampler = new RecordSampler(records, batchSize, seed);
        _optimizer = new AdamW(b, _ => 0);
        _b = b;
        _values = [.. b.Select(parameter => new float[parameter.numel()])];
    }

    /// <summary>Steps for one pass over the records.</summary>
    public int BatchesPerEpoch => _sampler.BatchesPerEpoch;

    /// <summary>The next batch.</summary>
    public IReadOnlyList<Interaction> NextBatch() => _sampler.Next();

    /// <summary>Puts the person's B into the parameters.</summary>
    public void Enter() => ParameterValues.Restore(_b, _values);

    /// <summary>Moves the person's B by the gradients at hand.</summary>
    public void Update(double learningRate) => _optimizer.Step(learningRate, gradientScale: 1);

    /// <summary>Takes the person's B out of the parameters.</summary>
    public void Leave() => _values = ParameterValues.Capture(_b);
}
