using System.Collections.Concurrent;

namespace LoraEdge.Inference.Tests;

/// <summary>One session with tables of many players' B, against a merged session of each.</summary>
public sealed class AttachedSessionTests
{
    private const double Close = 1e-5;

    private static readonly SeededProjection s_projection = new(0);

    private static readonly Dictionary<string, HostTensor> s_inputs = new() { ["x"] = HostTensor.From(Numbers.Normal(8 * 8, seed: 2), 8, 8) };

    private static IEnumerable<LayerModel> Attachable => LayerModels.All.Where(layer => IsAttachable(layer.Build()));

    [TestCaseSource(nameof(Attachable))]
    public void EveryKindOfLayer_AttachedAndMerged_ComputeTheSame(LayerModel layer)
    {
        foreach (int rank in new[] { 1, 3 })
        {
            using var model = new ServingModel(layer.Build());
            using AttachedSession session = Open(model, rank);
            Adapter adapter = RandomAdapter.For(model.Model, 0.5, rank, scale: 0.7f);
            session.Add(RandomAdapter.For(model.Model, 0.5, rank, seed: 77));
            int player = session.Add(adapter);

            AssertClose(session.Run(layer.Inputs, player), Merged(model, adapter, layer.Inputs));
        }
    }

    [TestCaseSource(nameof(Attachable))]
    public void EveryKindOfLayer_RowsOfSeveralPlayers_EachGetTheirOwn(LayerModel layer)
    {
        foreach (int rank in new[] { 1, 3 })
        {
            using var model = new ServingModel(layer.Build());
            using AttachedSession session = Open(model, rank);
            Assert.That(session.ServesMixedBatches, "none of these models mixes rows");
            int[] players = [session.Add(RandomAdapter.For(model.Model, 0.5, rank, seed: 1)), AttachedSession.Base, session.Add(RandomAdapter.For(model.Model, 0.5, rank, seed: 2))];
            int rows = (int)layer.Inputs.Values.Single().Shape[0];
            int[] mixed = [.. Enumerable.Range(0, rows).Select(row => players[row % players.Length])];

            HostTensor actual = session.RunBatch(layer.Inputs, mixed)["y"];

            AssertRows(session, layer.Inputs, "y", mixed, actual);
        }
    }

    // ONNX Runtime folds a BatchNormalization into the kernel before it, which an addition between them prevents.
    private static IEnumerable<LayerModel> WithoutFolding => Attachable.Where(layer => layer.Name != "Conv with BatchNormalization");

    [TestCaseSource(nameof(WithoutFolding))]
    public void EveryKindOfLayer_RowsOfTheBaseAmongOthers_KeepItsBits(LayerModel layer)
    {
        using var model = new ServingModel(layer.Build());
        using AttachedSession session = Open(model);
        int rows = (int)layer.Inputs.Values.Single().Shape[0];
        int[] mixed = [session.Add(RandomAdapter.For(model.Model)), .. new int[rows - 1]];
        byte[] frozen = model.Base.Run(layer.Inputs)["y"].Bytes;

        byte[] actual = session.RunBatch(layer.Inputs, mixed)["y"].Bytes;

        int first = frozen.Length / rows;
        Assert.That(actual[first..], Is.EqualTo(frozen[first..]));
        Assert.That(actual[..first], Is.Not.EqualTo(frozen[..first]));
        Assert.That(session.Run(layer.Inputs, AttachedSession.Base)["y"].Bytes, Is.EqualTo(frozen));
    }

    [Test]
    public void RivalBase_AttachedAndMerged_ComputeTheSame()
    {
        using var model = new ServingModel(OnnxModel.Load(TestData.RequirePath(Repository.PathOf("sample-host/Models/rival-base.onnx"))));
        AssertRealModel(model, "logits", LoraEdge.Onnx.Parity.ParityInputs.For(model.Model));
    }

    [Test]
    public void RivalBase_KnowsTheBatchInEveryLayer_SoThatNothingIsReshapedByPlayer()
    {
        OnnxModel model = OnnxModel.Load(TestData.RequirePath(Repository.PathOf("sample-host/Models/rival-base.onnx")));
        LayerProjection[] layers = [.. AdaptableLayers.Find(model.Graph).Layers.Select(layer => new LayerProjection(layer, new float[layer.InFeatures]))];

        OnnxModel attached = model.WithTables(layers, rank: 1).Model;

        Assert.That(attached.Graph.Nodes.Count - model.Graph.Nodes.Count, Is.EqualTo(4 * layers.Length), "product, choice of B, product with it, sum");
    }

    [Test]
    public void Stories15M_AttachedAndMerged_ComputeTheSame()
    {
        using var model = new ServingModel(OnnxModel.Load(TestData.Require("models/stories15M/stories15M.onnx")));
        long[] tokens = [1, 9038, 2501, 263, 931, 29892, 727, 471, 1, 263, 2217, 7826, 4257, 365, 2354, 29889];
        AssertRealModel(model, "logits", new Dictionary<string, HostTensor> { ["input_ids"] = HostTensor.From(tokens, 2, tokens.Length / 2) });
    }

    [Test]
    public void RunBatch_WhereTimeIsFoldedIntoTheBatch_RepeatsThePlayerOverTime()
    {
        using var model = new ServingModel(Folded(timeFirst: false));
        using AttachedSession session = Open(model);
        int[] players = [session.Add(RandomAdapter.For(model.Model, 0.5, seed: 1)), session.Add(RandomAdapter.For(model.Model, 0.5, seed: 2))];
        var inputs = new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(Numbers.Normal(2 * 3 * 4, seed: 5), 2, 3, 4) };

        AssertRows(session, inputs, "y", players, session.RunBatch(inputs, players)["y"]);
    }

    [Test]
    public void RunBatch_WhereTimeComesBeforeTheBatch_IsRefused()
    {
        using var model = new ServingModel(Folded(timeFirst: true));
        using AttachedSession session = Open(model);
        Adapter adapter = RandomAdapter.For(model.Model, 0.5);
        int player = session.Add(adapter);
        var inputs = new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(Numbers.Normal(2 * 4 * 4, seed: 5), 2, 4, 4) };

        Assert.That(session.ServesMixedBatches, Is.False);
        Assert.That(() => session.RunBatch(inputs, [player, AttachedSession.Base]), Throws.TypeOf<InvalidInputException>().With.Message.Contains("'y'"));
        AssertClose(session.Run(inputs, player), Merged(model, adapter, inputs));
    }

    [TestCase(1)]
    [TestCase(3)]
    public void Run_OfABatchWithoutRows_GivesOutputsWithoutRows(int rank)
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AttachedSession session = Open(model, rank);
        int player = session.Add(RandomAdapter.For(model.Model, rank: rank));

        Assert.That(session.Run(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(Array.Empty<float>(), 0, 8) }, player)["logits"].Shape, Is.EqualTo(new[] { 0, 4 }));
    }

    [Test]
    public void Remove_GivesThePlayersRowsToTheBase_AndTheNumberToNobody()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AttachedSession session = Open(model);
        int gone = session.Add(RandomAdapter.For(model.Model, seed: 1));

        Assert.That(session.Remove(gone), Is.True);
        Assert.That(session.Remove(gone), Is.False);
        int next = session.Add(RandomAdapter.For(model.Model, seed: 2));

        Assert.That(next, Is.Not.EqualTo(gone));
        Assert.That(session.Run(s_inputs, gone)["logits"].Bytes, Is.EqualTo(model.Base.Run(s_inputs)["logits"].Bytes));
        Assert.That(() => session.Replace(gone, RandomAdapter.For(model.Model)), Throws.TypeOf<InvalidInputException>().With.Message.Contains("removed"));
    }

    [Test]
    public void Replace_ServesTheNewAdapterAtOnce_AndAddingManyKeepsIt()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using var session = new AttachedSession(model, s_projection, players: 0);
        int player = session.Add(RandomAdapter.For(model.Model, seed: 1));
        Adapter second = RandomAdapter.For(model.Model, 0.5, seed: 2);

        session.Replace(player, second);
        int[] others = [.. Enumerable.Range(0, 40).Select(seed => session.Add(RandomAdapter.For(model.Model, seed: seed)))];

        Assert.That(others, Is.EqualTo(Enumerable.Range(player + 1, 40)));
        AssertClose(session.Run(s_inputs, player), Merged(model, second, s_inputs));
        AssertClose(session.Run(s_inputs, others[20]), Merged(model, RandomAdapter.For(model.Model, seed: 20), s_inputs));
    }

    [Test]
    public void Add_AdapterOfSomeLayers_LeavesTheOthersAsTheyAre()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AttachedSession session = Open(model);
        Adapter all = RandomAdapter.For(model.Model, 0.5);
        var some = new Adapter
        {
            Model = all.Model, Rank = 1, Scale = 1, Targets = [all.Targets[1]], Training = all.Training,
            Projection = ProjectionFactors.Make(s_projection, all.Model, [session.Layers[1].AsWeight()], 1).Projection,
        };

        AssertClose(session.Run(s_inputs, session.Add(some)), Merged(model, some, s_inputs));
    }

    [Test, CancelAfter(60_000)]
    public void RunBatch_OnFourThreadsWhilePlayersComeAndGo_NeverMixesTwoAdapters(CancellationToken timeout)
    {
        using var model = new ServingModel(TwoHeads.Model());
        using var session = new AttachedSession(model, s_projection, players: 0);
        Adapter[] adapters = [.. Enumerable.Range(1, 3).Select(seed => RandomAdapter.For(model.Model, 0.5, seed: seed))];
        int watched = session.Add(adapters[0]);
        string[] whole = [.. adapters.Select(adapter => Describe(Alone(model, adapter)))];
        Assert.That(whole, Is.Unique);
        var seen = new ConcurrentDictionary<string, int>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout);

        Task[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() => Read(session, watched, seen, stop.Token), TaskCreationOptions.LongRunning))];
        var present = new Queue<int>();
        for (int change = 0; change < 2_000; change++)
        {
            session.Replace(watched, adapters[change % adapters.Length]);
            present.Enqueue(session.Add(adapters[(change + 1) % adapters.Length]));
            if (present.Count > 20)
                session.Remove(present.Dequeue());
        }

        stop.Cancel();
        Task.WaitAll(readers, CancellationToken.None);

        Assert.That(seen.Keys, Is.SubsetOf(whole));
        Assert.That(seen, Is.Not.Empty);
    }

    [Test]
    public void Add_AdapterOfAnotherModelProjectionOrRank_IsRefused()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AttachedSession session = Open(model);

        Assert.That(() => session.Add(RandomAdapter.For(TinyModels.Policy(seed: 50))), Throws.TypeOf<AdapterMismatchException>().With.Message.Contains("was trained on the model"));
        Assert.That(() => session.Add(RandomAdapter.For(model.Model, projection: new SeededProjection(1))), Throws.TypeOf<AdapterMismatchException>().With.Message.Contains("projection"));
        Assert.That(() => session.Add(RandomAdapter.For(model.Model, rank: 2)), Throws.TypeOf<AdapterMismatchException>().With.Message.Contains("rank 2"));
        Assert.That(() => session.Add(RandomAdapter.WithExplicitA(model.Model, RandomAdapter.For(model.Model))), Throws.TypeOf<AdapterMismatchException>().With.Message.Contains("Explicit"));
        Assert.That(session.Add(RandomAdapter.For(model.Model)), Is.EqualTo(1), "nobody was added before");
    }

    [Test]
    public void Add_AdapterOfALayerThatIsNotServed_IsRefused()
    {
        using var model = new ServingModel(TinyModels.Policy());
        using var session = new AttachedSession(model, s_projection, layers: [AdaptableLayers.Find(model.Model.Graph).Layers[0]]);

        Assert.That(() => session.Add(RandomAdapter.For(model.Model)), Throws.TypeOf<AdapterMismatchException>());
    }

    [Test]
    public void Run_NumberThatNobodyHas_IsRefused([Values(-1, 2, int.MaxValue)] int player)
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AttachedSession session = Open(model);
        session.Add(RandomAdapter.For(model.Model));

        Assert.That(() => session.Run(s_inputs, player), Throws.TypeOf<InvalidInputException>().With.Message.Contains("to 1"));
        Assert.That(() => session.RunBatch(s_inputs, [1, 0, 1, 0, 1, 0, 1, player]), Throws.TypeOf<InvalidInputException>());
        Assert.That(() => session.Remove(player), Throws.TypeOf<InvalidInputException>());
    }

    [Test]
    public void RunBatch_AnotherNumberOfPlayersThanRows_IsRefused([Values(0, 7, 9)] int count)
    {
        using var model = new ServingModel(TinyModels.Policy());
        using AttachedSession session = Open(model);

        Assert.That(() => session.RunBatch(s_inputs, new int[count]), Throws.TypeOf<InvalidInputException>().With.Message.Contains("8 rows"));
    }

    [Test]
    public void Open_WithRecurrentLayers_SaysThatTheyAreServedMergedOnly()
    {
        foreach (LayerModel recurrent in LayerModels.Recurrences)
        {
            using var model = new ServingModel(recurrent.Build());
            Assert.That(() => Open(model), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("merged only"));
        }
    }

    [Test]
    public void Dispose_EndsServing()
    {
        using var model = new ServingModel(TinyModels.Policy());
        AttachedSession session = Open(model);
        int player = session.Add(RandomAdapter.For(model.Model));
        session.Dispose();
        session.Dispose();

        Assert.That(() => session.Run(s_inputs, player), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => session.Add(RandomAdapter.For(model.Model)), Throws.TypeOf<ObjectDisposedException>());
    }

    private static AttachedSession Open(ServingModel model, int rank = 1) =>
        new(model, s_projection, rank, AdaptableLayers.Find(model.Model.Graph).Layers);

    private static bool IsAttachable(OnnxModel model) =>
        AdaptableLayers.Find(model.Graph).Layers.All(layer => AttachedModel.Objection(layer, model.Opsets[""]) is null);

    private static void AssertRealModel(ServingModel model, string output, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        using var session = new AttachedSession(model, s_projection);
        int[] players = [session.Add(AdapterOf(session, model, 1)), session.Add(AdapterOf(session, model, 2))];

        foreach (int player in players)
            Numbers.AssertClose(session.Run(inputs, player)[output].AsSpan<float>(), Merged(model, AdapterOf(session, model, player), inputs)[output].AsSpan<float>(), Tolerances.Parity);
        Assert.That(session.ServesMixedBatches);
        AssertRows(session, inputs, output, players, session.RunBatch(inputs, players)[output], Tolerances.Parity);
        int[] half = [AttachedSession.Base, players[1]];
        AssertRows(session, inputs, output, half, session.RunBatch(inputs, half)[output], Tolerances.Parity);
        Assert.That(session.RunBatch(inputs, [AttachedSession.Base, AttachedSession.Base])[output].Bytes, Is.EqualTo(model.Base.Run(inputs)[output].Bytes));
    }

    private static Adapter AdapterOf(AttachedSession session, ServingModel model, int seed)
    {
        Adapter all = RandomAdapter.For(model.Model, seed: seed);
        HashSet<int> served = [.. session.Layers.Select(layer => layer.InitializerIndex)];
        return new Adapter
        {
            Model = all.Model, Rank = all.Rank, Scale = all.Scale, Training = all.Training,
            Projection = ProjectionFactors.Make(s_projection, all.Model, [.. session.Layers.Select(layer => layer.AsWeight())], all.Rank).Projection,
            Targets = [.. all.Targets.Where(target => served.Contains(target.InitializerIndex))],
        };
    }

    private static IReadOnlyDictionary<string, HostTensor> Merged(ServingModel model, Adapter adapter, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        using MergedSession merged = model.Build(adapter);
        return merged.Run(inputs);
    }

    private static IReadOnlyDictionary<string, HostTensor> Alone(ServingModel model, Adapter adapter)
    {
        using var session = new AttachedSession(model, s_projection);
        return session.Run(s_inputs, session.Add(adapter));
    }

    private static void AssertClose(IReadOnlyDictionary<string, HostTensor> actual, IReadOnlyDictionary<string, HostTensor> expected)
    {
        Assert.That(actual.Keys, Is.EqualTo(expected.Keys));
        foreach ((string name, HostTensor output) in expected)
        {
            Assert.That(actual[name].Shape, Is.EqualTo(output.Shape));
            Numbers.AssertClose(actual[name].AsSpan<float>(), output.AsSpan<float>(), Close);
        }
    }

    private static void AssertRows(AttachedSession session, IReadOnlyDictionary<string, HostTensor> inputs, string output, int[] players, HostTensor mixed, double tolerance = Close)
    {
        int width = (int)mixed.Count / players.Length;
        for (int row = 0; row < players.Length; row++)
        {
            float[] alone = session.Run(inputs, players[row])[output].AsSpan<float>().ToArray();
            Numbers.AssertClose(mixed.AsSpan<float>().Slice(row * width, width), alone.AsSpan(row * width, width), tolerance);
        }
    }

    // Rows of the product are those of all times of a sequence one after another, or all sequences of a time.
    private static OnnxModel Folded(bool timeFirst)
    {
        GraphBuilder builder = new GraphBuilder("folded").Input("x", TensorElementType.Float32, "batch", "time", 4)
            .Initializer("rows", [-1L, 4], 2).Initializer("w", Numbers.Normal(4 * 5, seed: 1), 4, 5);
        string x = timeFirst ? builder.Node("Transpose", ["x"], attributes: [("perm", new[] { 1, 0, 2 })]) : "x";
        builder.Node("Tanh", [builder.Node("MatMul", [builder.Node("Reshape", [x, "rows"]), "w"])], ["y"]);
        return builder.Output("y", TensorElementType.Float32, "rows", 5).Build();
    }

    private static string Describe(IReadOnlyDictionary<string, HostTensor> outputs) =>
        Convert.ToHexString([.. outputs["left"].Bytes, .. outputs["right"].Bytes]);

    private static void Read(AttachedSession session, int player, ConcurrentDictionary<string, int> seen, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            seen.AddOrUpdate(Describe(session.Run(s_inputs, player)), 1, (_, count) => count + 1);
    }
}
