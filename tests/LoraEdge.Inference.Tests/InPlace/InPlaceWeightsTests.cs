using System.Collections.Concurrent;

namespace LoraEdge.Inference.Tests;

/// <summary>Adapters merged into buffers that the runs of one session are fed, against a merged session of each.</summary>
public sealed class InPlaceWeightsTests
{
    private static readonly Dictionary<string, HostTensor> s_inputs = new() { ["x"] = HostTensor.From(Numbers.Normal(8 * 8, seed: 2), 8, 8) };

    private static IEnumerable<LayerModel> InPlace => LayerModels.All.Where(layer =>
    {
        using var model = new ServingModel(layer.Build());
        return InPlaceWeights.Objection(model, Layers(model)) is null;
    });

    [TestCaseSource(nameof(InPlace))]
    public void EveryKindOfFloat32Layer_InPlaceAndMerged_ComputeTheSame(LayerModel layer)
    {
        foreach (int rank in new[] { 1, 3 })
        {
            using var model = new ServingModel(layer.Build());
            using var weights = new InPlaceWeights(model, Layers(model), threads: 2);
            Adapter adapter = RandomAdapter.For(model.Model, 0.5, rank, scale: 0.7f);
            using (weights.Build(RandomAdapter.For(model.Model, 0.5, rank, seed: 77)))
            using (InPlaceSession session = weights.Build(adapter))
            using (MergedSession merged = model.Build(adapter))
            {
                foreach (KeyValuePair<string, HostTensor> expected in merged.Run(layer.Inputs))
                    Numbers.AssertClose(session.Run(layer.Inputs)[expected.Key].AsSpan<float>(), expected.Value.AsSpan<float>(), Tolerances.Parity);
            }
        }
    }

    [Test]
    public void EveryKindOfLayer_HasOneThatCanBeServedInPlace() =>
        Assert.That(InPlace.Select(layer => layer.Name), Is.SupersetOf(new[] { "MatMul", "behind Transpose", "Conv with BatchNormalization", "grouped Conv", "Gather and MatMul" }));

    [TestCase("behind Cast from float16", "float32")]
    [TestCase("behind DequantizeLinear", "float32")]
    public void WeightsOfAnotherType_AreObjectedTo(string kind, string reason)
    {
        using var model = new ServingModel(LayerModels.All.Single(layer => layer.Name == kind).Build());

        Assert.That(InPlaceWeights.Objection(model, Layers(model)), Does.Contain(reason));
    }

    [Test]
    public void Build_OneAfterAnother_TakesTwoSetsOfBuffersInTurn()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using var weights = new InPlaceWeights(model, Layers(model), threads: 1);
        var slot = new AdapterSlot(model);
        var feeds = new HashSet<Feed>();

        for (int seed = 0; seed < 10; seed++)
        {
            slot.Swap(weights.Build(RandomAdapter.For(model.Model, 0.5, seed: seed)));
            using ServingUse use = slot.Enter();
            Assert.That(use.Session.TryEnter(out ServingUse again), Is.True);
            feeds.Add(again.Feed);
            again.Dispose();
        }

        Assert.That(feeds, Has.Count.EqualTo(2));
        slot.Dispose();
    }

    [Test, CancelAfter(60_000)]
    public void Run_OnFourThreadsWhileWeightsAreMergedAgainAndAgain_AlwaysServesOneAdapterWhole(CancellationToken timeout)
    {
        using var model = new ServingModel(TwoHeads.Model());
        using var weights = new InPlaceWeights(model, Layers(model), threads: 2);
        using var slot = new AdapterSlot(model);
        Adapter[] adapters = [RandomAdapter.For(model.Model, 0.5, seed: 1), RandomAdapter.For(model.Model, 0.5, seed: 2)];
        string[] whole = [.. adapters.Select(adapter =>
        {
            using InPlaceSession session = weights.Build(adapter);
            return Text(session.Run(s_inputs));
        })];
        var seen = new ConcurrentDictionary<string, int>();
        slot.Swap(weights.Build(adapters[1]));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout);

        Task[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() =>
        {
            while (!stop.IsCancellationRequested)
                seen.TryAdd(Text(slot.Run(s_inputs)), 0);
        }, TaskCreationOptions.LongRunning))];
        for (int swap = 0; swap < 500; swap++)
            slot.Swap(weights.Build(adapters[swap % 2]));
        stop.Cancel();
        Task.WaitAll(readers, CancellationToken.None);

        Assert.That(seen.Keys, Is.EquivalentTo(whole));
    }

    [Test]
    public void Build_AnAdapterThatOverflows_IsRefusedAndTheNextOneServes()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using var weights = new InPlaceWeights(model, Layers(model), threads: 1);

        Assert.That(() => weights.Build(RandomAdapter.For(model.Model, share: 1e39, scale: 1e38f)), Throws.TypeOf<AdapterMismatchException>());

        using InPlaceSession session = weights.Build(RandomAdapter.For(model.Model));
        Assert.That(session.Run(s_inputs), Is.Not.Empty);
    }

    private static IReadOnlyList<AdaptableLayer> Layers(ServingModel model) => AdaptableLayers.Find(model.Model.Graph).Layers;

    private static string Text(IReadOnlyDictionary<string, HostTensor> outputs) => string.Join(";", outputs.OrderBy(output => output.Key, StringComparer.Ordinal).Select(output => Convert.ToHexString(output.Value.Bytes)));
}
