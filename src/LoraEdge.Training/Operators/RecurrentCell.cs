using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>One direction of a recurrent layer: what happens at one time step.</summary>
internal abstract class RecurrentCell : IDisposable
{
    /// <summary>The next state.</summary>
    /// <param name="fromInput">What the input adds to the gates, biases included; <c>(batch, gates*hidden)</c>.</param>
    /// <param name="state">The state before, borrowed.</param>
    public abstract CellState Step(Tensor fromInput, CellState state);

    /// <inheritdoc />
    public abstract void Dispose();
}

/// <summary>Makes the cell of one direction.</summary>
/// <param name="recurrent">Recurrent weight R, <c>(gates*hidden, hidden)</c>; borrowed.</param>
/// <param name="bias">Bias of the recurrent product, <c>(gates*hidden)</c>, where the cell adds it itself; borrowed.</param>
internal delegate RecurrentCell CellFactory(Tensor recurrent, Tensor? bias);

/// <summary>What one direction remembers, both of shape <c>(batch, hidden)</c>.</summary>
/// <param name="Hidden">H.</param>
/// <param name="Memory">C of an LSTM; null for the other cells.</param>
internal readonly record struct CellState(Tensor Hidden, Tensor? Memory) : IDisposable
{
    /// <inheritdoc />
    public void Dispose()
    {
        Hidden.Dispose();
        Memory?.Dispose();
    }
}
