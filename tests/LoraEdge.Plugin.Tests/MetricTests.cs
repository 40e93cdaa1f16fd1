using System.Diagnostics.Metrics;

namespace LoraEdge.Plugin.Tests;

/// <summary>What listeners of System.Diagnostics.Metrics are told.</summary>
public sealed class MetricTests
{
    [Test]
    public void ARound_MeasuresItsSlicesAndCountsWhatItDid()
    {
        using var host = new Host();
        var durations = new List<double>();
        var events = new List<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, on) =>
        {
            if (instrument.Meter.Name == "LoraEdge")
                on.EnableMeasurementEvents(instrument);
        } };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) =>
        {
            lock (durations)
            {
                if (instrument.Name == "loraedge.training.slice.duration")
                    durations.Add(value);
            }
        });
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            lock (events)
            {
                if (instrument.Name == "loraedge.adaptation.events")
                    events.Add((string)tags[0].Value!);
            }
        });
        listener.Start();
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(Rounds.Options(host, Rounds.Numbered(host)));

        Rounds.Play(plugin, plugin.OpenProfile("ada"), Rounds.Batch);

        Assert.That(durations, Has.Count.EqualTo(3).And.All.GreaterThanOrEqualTo(0));
        Assert.That(events, Is.EqualTo(new[] { "Trained" }));
    }
}
