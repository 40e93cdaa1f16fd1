namespace LoraEdge;

/// <summary>A generation of a profile's adapter that this installation stored. Its held-out losses are in <see cref="Adapter.Training"/>.</summary>
/// <param name="Adapter">The adapter, rounded as it is stored.</param>
/// <param name="Origin">The device, the number, the time and the vector.</param>
/// <param name="Bytes">Size of its file.</param>
public sealed record StoredGeneration(Adapter Adapter, AdapterOrigin Origin, long Bytes)
{
    /// <summary>Number of the generation; later ones have higher numbers.</summary>
    public long Number => Origin.Generation;
}
