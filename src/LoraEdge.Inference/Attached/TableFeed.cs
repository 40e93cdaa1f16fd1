using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>The tables of attached adapters as they are at one time, and where in them the B of each row lies.</summary>
/// <param name="memory">The tables, entered for each run.</param>
/// <param name="names">The session's inputs: the places, then the tables.</param>
/// <param name="places">The place of each row's B, or one for all rows; owned.</param>
/// <param name="tables">The tables; borrowed.</param>
internal sealed class TableFeed(TableMemory memory, string[] names, OrtValue places, OrtValue[] tables) : Feed(names, [places, .. tables]), IDisposable
{
    /// <inheritdoc />
    public override void Leave() => memory.Leave();

    /// <summary>Releases the places.</summary>
    public void Dispose() => places.Dispose();
}
