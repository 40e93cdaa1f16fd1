using System.Collections.Concurrent;

namespace LoraEdge.Inference.Tests;

/// <summary>Prepared calls: the same numbers as other runs, without garbage, across swaps.</summary>
[NonParallelizable]
public sealed class InferenceCallTests
{
    private const int Batch = 8;

    private ServingModel _model = null!;
    private AdapterSlot _slot = null!;

    [SetUp]
    public void Open()
    {
        _model = new ServingModel(TinyModels.Policy());
        _slot = _model.Open();
    }

    [TearDown]
    public void Close()
    {
        _slot.Dispose();
        _model.Dispose();
    }

    [Test]
    public void Run_AThousandTimes_AllocatesNothing()
    {
        using InferenceCall call = _slot.Prepare(Inputs(1));

        Assert.That(Allocated(call, 1_000), Is.Zero);
    }

    [Test]
    public void Run_AfterASwap_AllocatesInTheFirstRunAlone()
    {
        using InferenceCall call = _slot.Prepare(Inputs(1));
        _slot.Publish(RandomAdapter.For(_model.Model));
        call.Run();

        Assert.That(Allocated(call, 1_000), Is.Zero);
    }

    [Test]
    public void Run_OfAModelWithALoop_AllocatesNothing()
    {
        using var model = new ServingModel(Doublings());
        using AdapterSlot slot = model.Open();
        using InferenceCall call = slot.Prepare(Rounds(3));

        Assert.That(Allocated(call, 1_000), Is.Zero);
        Assert.That(call.Output<float>("y")[0], Is.EqualTo(8f));
    }

    [Test]
    public void Run_OfAModelThatDividesIntegers_AllocatesNothing()
    {
        using var model = new ServingModel(Division());
        using AdapterSlot slot = model.Open();
        using InferenceCall call = slot.Prepare(new Dictionary<string, HostTensor> { ["a"] = HostTensor.From([7L, 9], 2), ["b"] = HostTensor.From([2L, -3], 2) });

        Assert.That(Allocated(call, 1_000), Is.Zero);
        Assert.That(call.Output<long>("y").ToArray(), Is.EqualTo(new long[] { 3, -3 }));
    }

    [Test]
    public void Run_GivesTheBitsOfAnUnpreparedRun()
    {
        _slot.Publish(RandomAdapter.For(_model.Model));
        using InferenceCall call = _slot.Prepare(Inputs(1));

        for (int seed = 1; seed <= 20; seed++)
        {
            Dictionary<string, HostTensor> inputs = Inputs(seed);
            inputs["x"].AsSpan<float>().CopyTo(call.Input<float>("x"));
            call.Run();
            Assert.That(call.Outputs["logits"].Bytes, Is.EqualTo(_slot.Run(inputs)["logits"].Bytes), $"seed {seed}");
        }
    }

    [Test]
    public void Run_AfterASwap_IsServedByTheNewAdapter_AndAfterItsEndByTheBaseAgain()
    {
        using InferenceCall call = _slot.Prepare(Inputs(1));
        float[] before = call.Output<float>("logits").ToArray();

        _slot.Publish(RandomAdapter.For(_model.Model));
        call.Run();
        Assert.That(call.Output<float>("logits").ToArray(), Is.Not.EqualTo(before));
        Assert.That(call.Outputs["logits"].Bytes, Is.EqualTo(_slot.Run(Inputs(1))["logits"].Bytes));
        _slot.Publish(null);
        call.Run();

        Assert.That(call.Output<float>("logits").ToArray(), Is.EqualTo(before));
    }

    [Test]
    public void Prepare_HoldsTheFirstResult_AndLeavesTheCallersTensorsAlone()
    {
        Dictionary<string, HostTensor> inputs = Inputs(1);
        byte[] given = [.. inputs["x"].Bytes];
        using InferenceCall call = _slot.Prepare(inputs);

        Assert.That(call.Outputs["logits"].Bytes, Is.EqualTo(_slot.Run(inputs)["logits"].Bytes));
        call.Input<float>("x").Clear();
        call.Run();
        Assert.That(inputs["x"].Bytes, Is.EqualTo(given));
    }

    [Test]
    public void Run_OfAModelThatPassesAnInputOn_CopiesIt()
    {
        var graph = new GraphBuilder("same").Input("x", TensorElementType.Float32, 2);
        graph.Node("Identity", ["x"], ["y"]);
        using var model = new ServingModel(graph.Output("y", TensorElementType.Float32, 2).Build());
        using AdapterSlot slot = model.Open();
        using InferenceCall call = slot.Prepare(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From([1f, 2f], 2) });

        call.Input<float>("x")[0] = 5;
        Assert.That(call.Output<float>("y")[0], Is.EqualTo(1f), "nothing has run yet");
        call.Run();

        Assert.That(call.Output<float>("y").ToArray(), Is.EqualTo(new[] { 5f, 2f }));
    }

    [Test, CancelAfter(60_000)]
    public void Run_OnFourThreadsWhileAdaptersAreSwapped_AlwaysServesOneOfThemWhole(CancellationToken timeout)
    {
        Adapter?[] adapters = [null, RandomAdapter.For(_model.Model, 0.5, seed: 1), RandomAdapter.For(_model.Model, 0.5, seed: 2)];
        string[] whole = [.. adapters.Select(Served)];
        Assert.That(whole, Is.Unique);
        var seen = new ConcurrentDictionary<string, int>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout);

        Task[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() => Read(seen, stop.Token), TaskCreationOptions.LongRunning))];
        for (int swaps = 0; swaps < 300; swaps++)
        {
            _slot.Publish(adapters[swaps % adapters.Length]);

            // Going back to the base takes no time, so that what was published before may be gone before anybody ran.
            while (swaps < adapters.Length && !seen.ContainsKey(whole[swaps]) && !readers.Any(reader => reader.IsCompleted))
                Thread.Yield();
        }

        stop.Cancel();
        Task.WaitAll(readers, CancellationToken.None);

        Assert.That(seen.Keys, Is.SubsetOf(whole));
        Assert.That(seen, Has.Count.EqualTo(whole.Length), "every adapter should have been seen in use");
    }

    [Test]
    public void Run_AfterItsOwnersWereDisposed_SaysSo()
    {
        InferenceCall disposed = _slot.Prepare(Inputs(1)), slotless = _slot.Prepare(Inputs(1));
        using AdapterSlot other = _model.Open();
        using InferenceCall modelless = other.Prepare(Inputs(1));

        disposed.Dispose();
        Assert.That(disposed.Run, Throws.TypeOf<ObjectDisposedException>().With.Message.Contains(nameof(InferenceCall)));
        Assert.That(slotless.Run, Throws.Nothing);
        _slot.Dispose();
        Assert.That(slotless.Run, Throws.TypeOf<ObjectDisposedException>());
        slotless.Dispose();
        _model.Dispose();
        Assert.That(modelless.Run, Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => other.Prepare(Inputs(1)), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Prepare_InputsThatDoNotFit_IsRefused()
    {
        Assert.That(() => _slot.Prepare(new Dictionary<string, HostTensor>()), Throws.TypeOf<InvalidInputException>().With.Message.Contains("'x' of policy is missing"));
        Assert.That(() => _slot.Prepare(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[7], 1, 7) }), Throws.TypeOf<InvalidInputException>().With.Message.Contains("Float32[1,7]"));
        Assert.That(() => _slot.Prepare(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new long[8], 1, 8) }), Throws.TypeOf<InvalidInputException>().With.Message.Contains("Int64[1,8]"));
    }

    [Test]
    public void InputAndOutput_OfAnotherNameOrType_SaySo()
    {
        using InferenceCall call = _slot.Prepare(Inputs(1));

        Assert.That(() => call.Input<float>("z")[0], Throws.TypeOf<InvalidInputException>().With.Message.Contains("no input 'z'. Its inputs are x"));
        Assert.That(() => call.Output<float>("z")[0], Throws.TypeOf<InvalidInputException>().With.Message.Contains("no output 'z'. Its outputs are logits"));
        Assert.That(() => call.Input<long>("x")[0], Throws.TypeOf<InvalidInputException>().With.Message.Contains("holds Float32"));
        Assert.That(() => call.Output<int>("logits")[0], Throws.TypeOf<InvalidInputException>().With.Message.Contains("holds Float32"));
    }

    [Test]
    public void Run_SmallestIntegerThatIsDivided_IsRefused_AndTheCallGoesOn()
    {
        using var model = new ServingModel(Division());
        using AdapterSlot slot = model.Open();
        using InferenceCall call = slot.Prepare(new Dictionary<string, HostTensor> { ["a"] = HostTensor.From([7L, 9], 2), ["b"] = HostTensor.From([2L, -1], 2) });

        call.Input<long>("a")[1] = long.MinValue;
        Assert.That(call.Run, Throws.TypeOf<InvalidInputException>().With.Message.Contains("smallest Int64"));
        call.Input<long>("a")[1] = 4;
        call.Run();

        Assert.That(call.Output<long>("y").ToArray(), Is.EqualTo(new long[] { 3, -4 }));
    }

    [Test]
    public void Run_ValueThatIndexesBeyondTheTable_IsRefused_AndTheCallGoesOn()
    {
        var graph = new GraphBuilder("table").Input("row", TensorElementType.Int64, 1).Initializer("w", [1f, 2f, 3f], 3);
        graph.Node("Gather", ["w", "row"], ["y"]);
        using var model = new ServingModel(graph.Output("y", TensorElementType.Float32, 1).Build());
        using AdapterSlot slot = model.Open();
        using InferenceCall call = slot.Prepare(new Dictionary<string, HostTensor> { ["row"] = HostTensor.From([0L], 1) });

        call.Input<long>("row")[0] = 3;
        Assert.That(call.Run, Throws.TypeOf<InvalidInputException>());
        call.Input<long>("row")[0] = 2;
        call.Run();

        Assert.That(call.Output<float>("y")[0], Is.EqualTo(3f));
    }

    [Test]
    public void Run_OutputOfAnotherShape_IsRefused_AndTheCallGoesOn()
    {
        var graph = new GraphBuilder("found").Input("x", TensorElementType.Float32, 3);
        graph.Node("NonZero", ["x"], ["y"]);
        using var model = new ServingModel(graph.Output("y", TensorElementType.Int64, 1, "count").Build());
        using AdapterSlot slot = model.Open();
        using InferenceCall call = slot.Prepare(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From([0f, 1f, 1f], 3) });

        call.Input<float>("x")[0] = 1;
        Assert.That(call.Run, Throws.TypeOf<InvalidInputException>().With.Message.Contains("keeps the shapes of its outputs"));
        call.Input<float>("x")[1] = 0;
        call.Run();

        Assert.That(call.Output<long>("y").ToArray(), Is.EqualTo(new long[] { 0, 2 }));
    }

    [Test]
    public void Run_LoopWithoutEnd_IsEnded_AndTheCallGoesOn()
    {
        using var model = new ServingModel(Doublings(), settings: new SessionSettings { Limits = new RunLimits { LoopSeconds = 0.3 } });
        using AdapterSlot slot = model.Open();
        using InferenceCall call = slot.Prepare(Rounds(1));

        call.Input<long>("rounds")[0] = long.MaxValue;
        Assert.That(call.Run, Throws.TypeOf<InvalidInputException>());
        call.Input<long>("rounds")[0] = 3;
        call.Run();

        Assert.That(call.Output<float>("y")[0], Is.EqualTo(8f));
    }

    [Test, CancelAfter(60_000)]
    public async Task Run_OnTwoThreadsAtOnce_RefusesOne_AndDisposeLetsTheOtherFinish(CancellationToken timeout)
    {
        using var model = new ServingModel(Doublings(), settings: new SessionSettings { Limits = new RunLimits { LoopSeconds = 1 } });
        using AdapterSlot slot = model.Open();
        InferenceCall call = slot.Prepare(Rounds(1));
        call.Input<long>("rounds")[0] = long.MaxValue;

        Task[] both = [Task.Run(call.Run, timeout), Task.Run(call.Run, timeout)];
        Task refused = await Task.WhenAny(both);
        call.Dispose();

        Assert.That(async () => await refused, Throws.TypeOf<InvalidOperationException>().With.Message.Contains("one for each thread"));
        Assert.That(async () => await both.Single(task => task != refused), Throws.TypeOf<InvalidInputException>(), "the loop was ended by its limit");
    }

    [Test, CancelAfter(60_000)]
    public async Task RunAsync_GivesWhatARunGives(CancellationToken timeout) =>
        Assert.That((await _slot.RunAsync(Inputs(3), timeout))["logits"].Bytes, Is.EqualTo(_slot.Run(Inputs(3))["logits"].Bytes));

    [Test, CancelAfter(60_000)]
    public void RunAsync_Cancelled_EndsTheRunInProgress(CancellationToken timeout)
    {
        using var model = new ServingModel(Doublings(), settings: new SessionSettings { Limits = new RunLimits { LoopSeconds = 600 } });
        using AdapterSlot slot = model.Open();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        Task run = slot.RunAsync(Rounds(long.MaxValue), cancel.Token);
        cancel.CancelAfter(100);

        Assert.That(async () => await run, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(run.IsCanceled);
        Assert.That(slot.Run(Rounds(2))["y"].AsSpan<float>()[0], Is.EqualTo(4f));
    }

    [Test]
    public void RunAsync_InputsThatDoNotFit_FailsTheTask() =>
        Assert.That(async () => await _slot.RunAsync(new Dictionary<string, HostTensor>()), Throws.TypeOf<InvalidInputException>());

    private static Dictionary<string, HostTensor> Inputs(int seed) => new() { ["x"] = HostTensor.From(Numbers.Normal(Batch * 8, seed), Batch, 8) };

    private static Dictionary<string, HostTensor> Rounds(long count) => new() { ["x"] = HostTensor.From([1f], 1), ["rounds"] = HostTensor.From([count]) };

    private static long Allocated(InferenceCall call, int runs)
    {
        call.WarmUp();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < runs; i++)
            call.Run();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // y = 2^rounds.
    private static OnnxModel Doublings()
    {
        var graph = new GraphBuilder("loop").Input("x", TensorElementType.Float32, 1).Input("rounds", TensorElementType.Int64);
        GraphBuilder body = graph.Subgraph("body").Input("round", TensorElementType.Int64).Input("goes.on", TensorElementType.Boolean).Input("state", TensorElementType.Float32, 1);
        body.Node("Identity", ["goes.on"], ["still"]);
        body.Node("Add", ["state", "state"], ["next"]);
        graph.Node("Loop", ["rounds", "", "x"], ["y"], [("body", body.Output("still", TensorElementType.Boolean).Output("next", TensorElementType.Float32, 1))]);
        return graph.Output("y", TensorElementType.Float32, 1).Build();
    }

    private static OnnxModel Division()
    {
        var graph = new GraphBuilder("division").Input("a", TensorElementType.Int64, 2).Input("b", TensorElementType.Int64, 2);
        graph.Node("Div", ["a", "b"], ["y"]);
        return graph.Output("y", TensorElementType.Int64, 2).Build();
    }

    private string Served(Adapter? adapter)
    {
        using AdapterSlot slot = _model.Open();
        slot.Publish(adapter);
        return Convert.ToHexString(slot.Run(Inputs(1))["logits"].Bytes);
    }

    private void Read(ConcurrentDictionary<string, int> seen, CancellationToken stop)
    {
        using InferenceCall call = _slot.Prepare(Inputs(1));
        while (!stop.IsCancellationRequested)
        {
            call.Run();
            seen.AddOrUpdate(Convert.ToHexString(call.Outputs["logits"].Bytes), 1, (_, count) => count + 1);
        }
    }
}
