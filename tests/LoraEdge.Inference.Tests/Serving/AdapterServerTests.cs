using LoraEdge.Onnx;

namespace LoraEdge.Inference.Tests;

/// <summary>Players of one model, served in each of the ways.</summary>
public sealed class AdapterServerTests
{
    private const double Close = 1e-5;

    /// <summary>Memory of an adapter that is merged into <see cref="TwoHeads"/>.</summary>
    private const long HeadsBytes = 2 * 8 * 8 * sizeof(float);

    private static readonly Dictionary<string, HostTensor> s_inputs = new() { ["x"] = HostTensor.From(Numbers.Normal(8 * 8, seed: 2), 8, 8) };

    private static readonly ServingMode[] s_ways = [ServingMode.Merged, ServingMode.InPlace, ServingMode.Attached];

    [TestCaseSource(nameof(s_ways))]
    public void Publish_InEveryWay_ServesWhatAMergedSessionDoes(ServingMode mode)
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AdapterServer server = Server(model, mode);
        using AdapterSlot slot = server.Open();
        Adapter adapter = RandomAdapter.For(model.Model, 0.5);

        slot.Publish(adapter);

        Assert.That(slot.Mode, Is.EqualTo(mode));
        Numbers.AssertClose(Logits(slot), Merged(model, adapter), Close);
    }

    [TestCaseSource(nameof(s_ways))]
    public void Publish_NullAfterAdapters_GivesTheBaseModelsBitsAgain(ServingMode mode)
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AdapterServer server = Server(model, mode);
        using AdapterSlot slot = server.Open();
        byte[] before = slot.Run(s_inputs)["logits"].Bytes;

        slot.Publish(RandomAdapter.For(model.Model, 0.5, seed: 1));
        slot.Publish(RandomAdapter.For(model.Model, 0.5, seed: 2));
        slot.Publish(null);

        Assert.That(slot.Mode, Is.Null);
        Assert.That(slot.Run(s_inputs)["logits"].Bytes, Is.EqualTo(before));
    }

    [TestCaseSource(nameof(s_ways))]
    public void Publish_AnAdapterWhoseOutputsOverflow_IsRefusedAndTheOneBeforeServesOn(ServingMode mode)
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AdapterServer server = Server(model, mode);
        using AdapterSlot slot = server.Open();
        Adapter before = RandomAdapter.For(model.Model, 0.5), huge = RandomAdapter.For(model.Model, 1e30);
        slot.Publish(before);
        ServingStatus status = server.Status;

        Assert.That(() => slot.Publish(huge), Throws.TypeOf<AdapterMismatchException>().With.Message.Contains("the output 'logits'"));

        Assert.That(slot.Adapter, Is.SameAs(before));
        Numbers.AssertClose(Logits(slot), Merged(model, before), Close);
        Assert.That(server.Status, Is.EqualTo(status), "what was refused takes no place");
    }

    [Test]
    public void Publish_AModelThatMadeUpInputsDoNotFit_IsServedWithoutTheCheck()
    {
        GraphBuilder graph = new GraphBuilder("rows").Input("x", TensorElementType.Float32, "batch", 8)
            .Initializer("w", Numbers.Normal(8 * 4, 1), 8, 4).Initializer("shape", [3L, 4], 2);
        graph.Node("Reshape", [graph.Node("MatMul", ["x", "w"]), "shape"], ["logits"]);
        using var model = new ServingModel(graph.Output("logits", TensorElementType.Float32, 3, 4).Build());
        using AdapterServer server = Server(model, ServingMode.Merged);
        using AdapterSlot slot = server.Open();

        slot.Publish(RandomAdapter.For(model.Model));

        Assert.That(slot.Mode, Is.EqualTo(ServingMode.Merged));
    }

    [TestCaseSource(nameof(s_ways))]
    public void Prepare_InEveryWay_AllocatesNothingAndFollowsSwaps(ServingMode mode)
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AdapterServer server = Server(model, mode);
        using AdapterSlot slot = server.Open();
        using InferenceCall call = slot.Prepare(s_inputs);
        for (int seed = 1; seed < 4; seed++)
        {
            Adapter adapter = RandomAdapter.For(model.Model, 0.5, seed: seed);
            slot.Publish(adapter);
            call.WarmUp(64);

            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int run = 0; run < 1_000; run++)
                call.Run();

            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
            Numbers.AssertClose(call.Output<float>("logits"), Merged(model, adapter), Close);
        }
    }

    [TestCase(ServingMode.InPlace)]
    [TestCase(ServingMode.Attached)]
    public void Publish_AnAdapterOfAnotherRank_IsServedMerged(ServingMode mode)
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AdapterServer server = Server(model, mode);
        using AdapterSlot slot = server.Open();
        Adapter adapter = RandomAdapter.For(model.Model, 0.5, rank: 2);

        slot.Publish(adapter);

        Assert.That(slot.Mode, Is.EqualTo(ServingMode.Merged));
        Numbers.AssertClose(Logits(slot), Merged(model, adapter), Close);
    }

    [TestCase("FusedGemm", ServingMode.Attached)]
    [TestCase("behind DequantizeLinear", ServingMode.InPlace)]
    public void Choice_AWayThatTheModelDoesNotAllow_IsMergedAndSaysWhy(string kind, ServingMode mode)
    {
        using var model = new ServingModel(LayerModels.All.First(layer => layer.Name.StartsWith(kind, StringComparison.Ordinal)).Build());
        using AdapterServer server = Server(model, mode);

        Assert.That(server.Choice.Mode, Is.EqualTo(ServingMode.Merged));
        Assert.That(server.Choice.Reason, Does.StartWith($"{mode} was asked for, but cannot be taken"));
    }

    [Test]
    public void Choice_Auto_MeasuresAllThreeAndNamesTheCosts()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AdapterServer server = Server(model, ServingMode.Auto);

        ServingChoice choice = server.Choice;

        Assert.That(choice.Costs.Select(cost => cost.Mode), Is.EqualTo(s_ways));
        Assert.That(choice.Costs.Select(cost => cost.Objection), Is.All.Null);
        Assert.That(choice.Costs.Select(cost => cost.Inference), Is.All.GreaterThan(TimeSpan.Zero));
        Assert.That(choice.ToString(), Does.Contain("10000 runs").And.Contain("Merged").And.Contain("InPlace").And.Contain("Attached"));
        using AdapterSlot slot = server.Open();
        slot.Publish(RandomAdapter.For(model.Model));
        Assert.That(slot.Mode, Is.EqualTo(choice.Mode));
    }

    [TestCase(ServingMode.Auto)]
    [TestCase(ServingMode.Attached)]
    public void Choice_AModelThatNoAdapterCanBeMergedInto_IsMergedAndSaysWhy(ServingMode mode)
    {
        GraphBuilder damaged = new GraphBuilder("damaged").Input("x", TensorElementType.Float32, "batch", 8).Initializer("w", [.. Enumerable.Repeat(float.NaN, 64)], 8, 8);
        damaged.Node("MatMul", ["x", "w"], ["y"]);
        using var model = new ServingModel(damaged.Output("y", TensorElementType.Float32, "batch", 8).Build());
        using AdapterServer server = Server(model, mode);

        Assert.That(server.Choice.Mode, Is.EqualTo(ServingMode.Merged));
        Assert.That(server.Choice.Reason, Does.Contain("nothing could be tried"));
    }

    [TestCase(1, ServingMode.Attached)]
    [TestCase(100, ServingMode.InPlace)]
    [TestCase(100_000, ServingMode.Merged)]
    public void Choice_ByCosts_DependsOnHowLongAnAdapterServes(int runs, ServingMode expected)
    {
        ServingCost[] costs = [Cost(ServingMode.Merged, 500, 10), Cost(ServingMode.InPlace, 10, 12), Cost(ServingMode.Attached, 0.1, 14)];

        Assert.That(ServingChoice.Of(new ServingOptions { Mode = ServingMode.Auto, RunsPerAdapter = runs }, costs).Mode, Is.EqualTo(expected));
    }

    [Test]
    public void Choice_ByCosts_LeavesOutWhatCannotBeTaken()
    {
        ServingCost[] costs = [Cost(ServingMode.Merged, 500, 10), Cost(ServingMode.Attached, 0.1, 1) with { Objection = "recurrent" }];

        Assert.That(ServingChoice.Of(new ServingOptions { Mode = ServingMode.Auto }, costs).Mode, Is.EqualTo(ServingMode.Merged));
    }

    [TestCaseSource(nameof(s_ways))]
    public void RunBatch_ARowForEachPlayer_GivesEachTheirOwn(ServingMode mode)
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AdapterServer server = Server(model, mode);
        AdapterSlot[] slots = [.. Enumerable.Range(0, 3).Select(_ => server.Open())];
        slots[0].Publish(RandomAdapter.For(model.Model, 0.5, seed: 1));
        slots[2].Publish(RandomAdapter.For(model.Model, 0.5, seed: 2));

        foreach (int generation in new[] { 1, 2 })
        {
            slots[0].Publish(RandomAdapter.For(model.Model, 0.5, seed: 10 * generation));
            AdapterSlot[] rows = [.. Enumerable.Range(0, 8).Select(row => slots[row * row % 3])];
            float[] actual = server.RunBatch(s_inputs, rows)["logits"].AsSpan<float>().ToArray();

            for (int row = 0; row < rows.Length; row++)
                Numbers.AssertClose(actual.AsSpan(row * 4, 4), Logits(rows[row]).AsSpan(row * 4, 4), Close);
        }

        foreach (AdapterSlot slot in slots)
            slot.Dispose();
    }

    [Test]
    public void RunBatch_AnAdapterOfAnotherRank_IsRefused()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AdapterServer server = Server(model, ServingMode.Merged);
        using AdapterSlot slot = server.Open();
        slot.Publish(RandomAdapter.For(model.Model, 0.5, rank: 2));

        Assert.That(() => server.RunBatch(s_inputs, [.. Enumerable.Repeat(slot, 8)]), Throws.TypeOf<AdapterMismatchException>().With.Message.Contains("rank"));
    }

    [Test, CancelAfter(60_000)]
    public void MergedMemory_RoomForOne_ServesTheOthersFromTablesAndFollowsUse(CancellationToken timeout)
    {
        using var model = new ServingModel(TwoHeads.Model());
        using AdapterServer server = Server(model, ServingMode.Merged, bytes: HeadsBytes);
        using AdapterSlot first = server.Open(), second = server.Open();
        Adapter[] adapters = [RandomAdapter.For(model.Model, 0.5, seed: 1), RandomAdapter.For(model.Model, 0.5, seed: 2)];
        first.Publish(adapters[0]);
        second.Publish(adapters[1]);
        Assert.That((first.Mode, second.Mode), Is.EqualTo((ServingMode.Merged, ServingMode.Attached)));
        first.Run(s_inputs);

        while (second.Mode == ServingMode.Attached && !timeout.IsCancellationRequested)
            second.Run(s_inputs);

        Assert.That((first.Mode, second.Mode), Is.EqualTo((ServingMode.Attached, ServingMode.Merged)));
        foreach ((AdapterSlot slot, Adapter adapter) in new[] { (first, adapters[0]), (second, adapters[1]) })
        {
            using MergedSession merged = model.Build(adapter);
            Numbers.AssertClose(slot.Run(s_inputs)["left"].AsSpan<float>(), merged.Run(s_inputs)["left"].AsSpan<float>(), Close);
        }

        Assert.That(server.Status, Is.EqualTo(new ServingStatus(0, 1, 0, 1, HeadsBytes)));
    }

    [Test]
    public void MergedMemory_NoRoomAndNoTables_IsPassed()
    {
        using var model = new ServingModel(LayerModels.Recurrences.First().Build());
        using AdapterServer server = Server(model, ServingMode.Merged, bytes: 0);
        using AdapterSlot slot = server.Open();

        slot.Publish(RandomAdapter.For(model.Model));

        Assert.That(server.Status.Merged, Is.EqualTo(1));
        Assert.That(server.Status.MergedBytes, Is.Positive);
        slot.Publish(null);
        Assert.That(server.Status.MergedBytes, Is.Zero);
    }

    [TestCase(null)]
    [TestCase(1)]
    public void Run_ADeviceThatIsLost_GoesOnWithTheSameAdapter(int? seed)
    {
        var fault = new SimulatedFault();
        using var model = new ServingModel(TinyModels.Policy(), settings: new SessionSettings { Fault = fault });
        using AdapterServer server = Server(model, ServingMode.Attached);
        using AdapterSlot slot = server.Open(), other = server.Open();
        using InferenceCall call = slot.Prepare(s_inputs);
        slot.Publish(seed is { } number ? RandomAdapter.For(model.Model, seed: number) : null);
        float[] before = Logits(slot);

        foreach (Action run in new Action[] { () => Logits(slot), call.Run, () => slot.Run(s_inputs, "logits", new float[8 * 4]) })
        {
            fault.Arm();
            run();
            Numbers.AssertClose(Logits(slot), before, Close);
        }

        Assert.That(model.Provider.ToString(), Does.Contain("removed (simulated)"));
        Assert.That(server.Choice.Reason, Does.Contain("lost"));
        Assert.That(Logits(other), Is.Not.Empty);
    }

    [Test]
    public void RunBatch_ASlotOfAnotherServer_IsRefused()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AdapterServer server = Server(model, ServingMode.Attached), other = Server(model, ServingMode.Attached);
        using AdapterSlot own = server.Open(), foreign = other.Open();
        own.Publish(RandomAdapter.For(model.Model, 0.5, seed: 1));
        foreign.Publish(RandomAdapter.For(model.Model, 0.5, seed: 2));

        foreach (AdapterSlot? wrong in new[] { foreign, null })
            Assert.That(() => server.RunBatch(s_inputs, [.. Enumerable.Repeat(own, 7), wrong!]), Throws.TypeOf<InvalidInputException>().With.Message.StartsWith("Row 7"));
    }

    [Test]
    public void RunBatch_WithoutRows_IsRefused()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AdapterServer server = Server(model, ServingMode.Attached);

        Assert.That(() => server.RunBatch(s_inputs, []), Throws.TypeOf<InvalidInputException>());
    }

    [Test, CancelAfter(60_000)]
    public void RunBatch_AfterTheServerWasDisposed_IsRefused(CancellationToken timeout)
    {
        using var model = new ServingModel(TinyModels.Policy());
        AdapterServer server = Server(model, ServingMode.Attached);
        using AdapterSlot slot = server.Open();
        slot.Publish(RandomAdapter.For(model.Model));
        server.Dispose();

        Task batch = Task.Run(() => server.RunBatch(s_inputs, [.. Enumerable.Repeat(slot, 8)]), timeout);

        Assert.That(async () => await batch.WaitAsync(timeout), Throws.TypeOf<ObjectDisposedException>());
    }

    [TestCaseSource(nameof(s_ways))]
    public void RunBatch_ADeviceThatIsLost_GoesOnWithTheSameAdapters(ServingMode mode)
    {
        var fault = new SimulatedFault();
        using var model = new ServingModel(TinyModels.Policy(), settings: new SessionSettings { Fault = fault });
        using AdapterServer server = Server(model, mode);
        AdapterSlot[] slots = [server.Open(), server.Open(), server.Open()];
        slots[0].Publish(RandomAdapter.For(model.Model, 0.5, seed: 1));
        slots[1].Publish(RandomAdapter.For(model.Model, 0.5, seed: 2));
        AdapterSlot[] rows = [.. Enumerable.Range(0, 8).Select(row => slots[row % 3])];
        byte[] before = server.RunBatch(s_inputs, rows)["logits"].Bytes;

        fault.Arm();
        byte[] after = server.RunBatch(s_inputs, rows)["logits"].Bytes;

        Assert.That(after, Is.EqualTo(before));
        Assert.That(model.HasLostDevice, Is.True);
        foreach (AdapterSlot slot in slots)
        {
            Assert.That(Logits(slot), Is.Not.Empty);
            slot.Dispose();
        }
    }

    [Test]
    public void RunBatch_AfterADeviceWasLost_PutsPlayersIntoTheTablesThatServeNow()
    {
        var fault = new SimulatedFault();
        using var model = new ServingModel(TinyModels.Policy(), settings: new SessionSettings { Fault = fault });
        using AdapterServer server = Server(model, ServingMode.Attached);
        using AdapterSlot first = server.Open(), second = server.Open();
        first.Publish(RandomAdapter.For(model.Model, 0.5, seed: 1));
        second.Publish(RandomAdapter.For(model.Model, 0.5, seed: 2));
        float[] expected = Logits(second);
        fault.Arm();
        first.Run(s_inputs);

        float[] actual = server.RunBatch(s_inputs, [.. Enumerable.Repeat(second, 8)])["logits"].AsSpan<float>().ToArray();

        Numbers.AssertClose(actual, expected, Close);
    }

    [Test]
    public void Run_ADeviceThatIsLostWithoutRoomForMergedSessions_GoesOnInTablesOfAnotherSession()
    {
        var fault = new SimulatedFault();
        using var model = new ServingModel(TinyModels.Policy(), settings: new SessionSettings { Fault = fault });
        using AdapterServer server = Server(model, ServingMode.Merged, bytes: 0);
        using AdapterSlot slot = server.Open();
        slot.Publish(RandomAdapter.For(model.Model, 0.5));
        ServingSession before = slot.Current!;
        float[] expected = Logits(slot);

        fault.Arm();

        Numbers.AssertClose(Logits(slot), expected, Close);
        Assert.That(((AttachedPlayer)slot.Current!).Session, Is.Not.SameAs(((AttachedPlayer)before).Session));
    }

    [Test]
    public void Publish_TheBaseAfterABatch_TakesThePlayerOutOfTheTables()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AdapterServer server = Server(model, ServingMode.Merged);
        using AdapterSlot slot = server.Open();
        slot.Publish(RandomAdapter.For(model.Model));
        using var attached = new AttachedSession(model, new SeededProjection(0));
        AttachedPlayer player = slot.PlayerIn(attached)!;

        slot.Publish(null);

        Assert.That(attached.Remove(player.Number), Is.False);
    }

    [Test]
    public void LeaveDevice_AfterTheModelWasDisposed_OpensNothing()
    {
        var model = new ServingModel(TinyModels.Policy());
        model.Dispose();

        Assert.That(() => model.LeaveDevice(model.Provider.InUse, new DeviceLostException("gone")), Throws.TypeOf<ObjectDisposedException>());
    }

    private static AdapterServer Server(ServingModel model, ServingMode mode, long? bytes = null) =>
        new(model, new AdapterForm(new SeededProjection(0), 1, AdaptableLayers.Find(model.Model.Graph).Layers), new ServingOptions { Mode = mode }, bytes);

    private static ServingCost Cost(ServingMode mode, double publish, double inference) => new(mode, TimeSpan.FromMilliseconds(publish), TimeSpan.FromMilliseconds(inference));

    private static float[] Logits(AdapterSlot slot) => slot.Run(s_inputs)["logits"].AsSpan<float>().ToArray();

    private static float[] Merged(ServingModel model, Adapter adapter)
    {
        using MergedSession session = model.Build(adapter);
        return session.Run(s_inputs)["logits"].AsSpan<float>().ToArray();
    }
}
