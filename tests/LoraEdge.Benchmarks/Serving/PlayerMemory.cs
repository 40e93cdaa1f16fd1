using LoraEdge.Inference;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>What players cost in memory who are served attached.</summary>
/// <param name="Model">The model.</param>
/// <param name="Players">Players whose B is resident.</param>
/// <param name="BytesPerPlayer">How much more resident memory a session with them takes than one with room for a few, by player.</param>
/// <param name="BytesOfB">Size of one B in float32.</param>
internal sealed record PlayerMemory(string Model, int Players, double BytesPerPlayer, long BytesOfB)
{
    private const int Resident = 10_000;

    /// <summary>Opens two sessions, fills one with players, and compares what each takes.</summary>
    public static PlayerMemory Measure(ServingModel serving, ServedModel model, MadeUpAdapters adapters)
    {
        IReadOnlyDictionary<string, HostTensor> inputs = model.Inputs(1);
        long before = ResidentMemory.AfterCollection();
        using AttachedSession few = Open(serving, adapters, inputs, 1);
        long withFew = ResidentMemory.AfterCollection();
        using AttachedSession many = Open(serving, adapters, inputs, Resident);
        long withMany = ResidentMemory.AfterCollection();
        return new PlayerMemory(model.Name, Resident, ((withMany - withFew) - (withFew - before)) / (double)Resident, many.BytesPerPlayer);
    }

    /// <inheritdoc />
    public override string ToString() => FormattableString.Invariant($"{Model,-14} {Players} players resident: {BytesPerPlayer:F0} bytes each, {BytesOfB} of them B");

    private static AttachedSession Open(ServingModel serving, MadeUpAdapters adapters, IReadOnlyDictionary<string, HostTensor> inputs, int players)
    {
        var session = new AttachedSession(serving, MadeUpAdapters.Source, players: players);
        for (int player = 1; player <= players; player++)
            session.Add(adapters.Of(player));
        session.Run(inputs, players);
        return session;
    }
}
