using System.Diagnostics;
using LoraEdge.Onnx;
using LoraEdge.Onnx.Parity;

namespace LoraEdge.Inference;

/// <summary>
/// Tries ways of serving with made-up adapters on made-up inputs: what each costs, and whether it computes what merged weights do.
/// </summary>
internal sealed class ServingTrial
{
    private const int Rounds = 7;
    private const double Share = 0.05;

    private readonly ServingModel _model;
    private readonly Adapter[] _adapters;
    private readonly IReadOnlyDictionary<string, HostTensor> _inputs;
    private readonly IReadOnlyDictionary<string, HostTensor> _expected;

    /// <summary>Measures what merging costs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="form">What adapters have in common.</param>
    public ServingTrial(ServingModel model, AdapterForm form)
    {
        _model = model;
        _adapters = [form.MadeUp(model.Model.Fingerprint, 1, Share), form.MadeUp(model.Model.Fingerprint, 2, Share)];
        _inputs = ParityInputs.For(model.Model);
        long begun = Stopwatch.GetTimestamp();
        using MergedSession merged = model.Build(_adapters[1]);
        TimeSpan publish = Since(begun);
        _expected = merged.Run(_inputs);
        Merged = new ServingCost(ServingMode.Merged, publish, Fastest(merged));
    }

    /// <summary>What merging costs.</summary>
    public ServingCost Merged { get; }

    /// <summary>What another way costs. The first adapter pays for what all share; the second is measured.</summary>
    /// <param name="mode">The way.</param>
    /// <param name="objection">Why it cannot be taken; null where nothing is known against it.</param>
    /// <param name="build">Makes an adapter ready to serve.</param>
    public ServingCost Of(ServingMode mode, string? objection, Func<Adapter, ServingSession> build)
    {
        if (objection is not null)
            return new ServingCost(mode, TimeSpan.Zero, TimeSpan.Zero, objection);
        try
        {
            using ServingSession first = build(_adapters[0]);
            first.Run(_inputs);
            long begun = Stopwatch.GetTimestamp();
            using ServingSession second = build(_adapters[1]);
            TimeSpan publish = Since(begun);
            return new ServingCost(mode, publish, Fastest(second), Difference(second.Run(_inputs)));
        }
        catch (LoraEdgeException error)
        {
            return new ServingCost(mode, TimeSpan.Zero, TimeSpan.Zero, error.Message);
        }
    }

    private string? Difference(IReadOnlyDictionary<string, HostTensor> actual) =>
        SessionAgreement.Difference(_model.Model, actual, _expected) is { } difference ? $"it computes something else than merged weights do: {difference}." : null;

    private TimeSpan Fastest(ServingSession session)
    {
        long fastest = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long begun = Stopwatch.GetTimestamp();
            session.Run(_inputs);
            fastest = Math.Min(fastest, Stopwatch.GetTimestamp() - begun);
        }

        return Duration(fastest);
    }

    private static TimeSpan Since(long begun) => Duration(Stopwatch.GetTimestamp() - begun);

    private static TimeSpan Duration(long ticks) => TimeSpan.FromSeconds(ticks / (double)Stopwatch.Frequency);
}
