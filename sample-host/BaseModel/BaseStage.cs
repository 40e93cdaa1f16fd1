using LoraEdge;
using LoraEdge.Onnx;

namespace Rival.BaseModel;

/// <summary>One of the two ways in which the base model is trained, one after the other.</summary>
internal abstract class BaseStage : IDisposable
{
    /// <summary>What it is called in reports.</summary>
    public abstract string Name { get; }

    /// <summary>Positions per step.</summary>
    public abstract int BatchSize { get; }

    /// <summary>Optimizer steps done.</summary>
    public abstract long Steps { get; }

    /// <summary>What it did, for the model's card.</summary>
    public abstract string Summary { get; }

    /// <summary>One optimizer step on the next batch.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <returns>The loss before it.</returns>
    public abstract double Step(double learningRate);

    /// <summary>Mean loss, with nobody's adapter.</summary>
    public abstract double Evaluate(IReadOnlyList<Interaction> records);

    /// <summary>The model as it is now, and the projection for it where there is one.</summary>
    public abstract (OnnxModel Model, CalibratedProjection? Projection) Capture();

    /// <summary>Writes what is needed to go on after an interruption.</summary>
    public abstract void Save(Stream stream);

    /// <inheritdoc />
    public abstract void Dispose();
}
