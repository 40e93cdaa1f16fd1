using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>
/// What a run is fed besides the model's own inputs: nothing, merged weights, or the tables of attached adapters. Immutable, so
/// that who has bound one may go on with it as long as it is the same object.
/// </summary>
/// <param name="names">Names of the session's inputs.</param>
/// <param name="values">A value for each; borrowed.</param>
internal class Feed(string[] names, OrtValue[] values)
{
    /// <summary>Nothing.</summary>
    public static Feed None { get; } = new([], []);

    /// <summary>Names of the session's inputs.</summary>
    public string[] Names => names;

    /// <summary>A value for each of the names.</summary>
    public OrtValue[] Values => values;

    /// <summary>The run has ended.</summary>
    public virtual void Leave()
    {
    }
}
