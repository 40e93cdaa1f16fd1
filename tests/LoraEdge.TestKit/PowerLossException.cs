namespace LoraEdge.TestKit;

/// <summary>A <see cref="SimulatedDisk"/> has lost its power.</summary>
public sealed class PowerLossException(int operation) : IOException($"The power went before operation {operation}.");
