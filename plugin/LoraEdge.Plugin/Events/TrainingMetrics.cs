using System.Diagnostics.Metrics;

namespace LoraEdge.Events;

/// <summary>
/// What a plugin measures of its background work, for any listener of System.Diagnostics.Metrics; the meter is
/// <c>LoraEdge</c>. Nothing is computed while nobody listens.
/// </summary>
internal sealed class TrainingMetrics : IDisposable
{
    private readonly Meter _meter = new("LoraEdge");
    private readonly Histogram<double> _slice;
    private readonly Counter<long> _decisions;

    /// <param name="dutyCycle">Tells the present duty cycle.</param>
    public TrainingMetrics(Func<double> dutyCycle)
    {
        _slice = _meter.CreateHistogram<double>("loraedge.training.slice.duration", "s", "Duration of one slice of training or scoring.");
        _decisions = _meter.CreateCounter<long>("loraedge.adaptation.events", "{event}", "What adaptation did, by kind.");
        _meter.CreateObservableGauge("loraedge.training.duty_cycle", dutyCycle, "1", "Share of its time that training may work.");
    }

    /// <summary>A slice has run.</summary>
    public void AddSlice(TimeSpan duration) => _slice.Record(duration.TotalSeconds);

    /// <summary>Adaptation did something: promoted a candidate, or rolled one back.</summary>
    public void AddDecision(AdaptationEvent what) => _decisions.Add(1, new KeyValuePair<string, object?>("loraedge.event", what.ToString()));

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();
}
