using System.Diagnostics.Metrics;

namespace LoraEdge.Inference.Tests;

/// <summary>
/// Threads that infer on slots while others publish, go back to the base, and open and dispose slots. Every output is one adapter's,
/// whole, of those that the slot ever serves; and at the end nothing is held any more.
/// </summary>
[NonParallelizable]
public sealed class ServingStressTests
{
    private const int Slots = 20, Runners = 8, Publishers = 2, AdaptersPerSlot = 3, Rows = 4;
    private const double Close = 1e-4;

    private static readonly ServingMode[] s_ways = [ServingMode.Merged, ServingMode.InPlace, ServingMode.Attached];

    [TestCaseSource(nameof(s_ways))]
    public void AFewHundredOperationsOfEachThread_NoInferenceFailsOrMixes(ServingMode mode) => Stress(mode, 300, seed: 1);

    [TestCaseSource(nameof(s_ways))]
    [Explicit("Takes minutes.")]
    [Category("Full")]
    public void ManyOperationsOfEachThread_NoInferenceFailsOrMixes(ServingMode mode)
    {
        for (int seed = 1; seed <= 20; seed++)
            Stress(mode, 2_000, seed);
    }

    [TestCaseSource(nameof(s_ways))]
    public void ADeviceIsLostNowAndThen_NoInferenceFailsOrMixes(ServingMode mode) => Stress(mode, 100, seed: 2, new SimulatedFault());

    private static void Stress(ServingMode mode, int operations, int seed, SimulatedFault? fault = null)
    {
        using var memory = new CountedMemory();
        using (var table = new Table(mode, fault))
        {
            Thread[] threads =
            [
                .. Enumerable.Range(0, Runners).Select(i => table.Start(new Random((seed * 100) + i), operations, table.Infer)),
                .. Enumerable.Range(0, Publishers).Select(i => table.Start(new Random((seed * 100) + 50 + i), operations, table.Change)),
            ];
            foreach (Thread thread in threads)
                thread.Join();
            Assert.That(table.Problems, Is.Empty);
            table.CloseSlots();

            // A move in the background may be about to end.
            Assert.That(() => table.Status, Is.EqualTo(new ServingStatus(0, 0, 0, 0, 0)).After(10_000, 5));
        }

        Assert.That(() => memory.Bytes, Is.Zero.After(10_000, 5));
    }

    /// <summary>What the meter says is held.</summary>
    private sealed class CountedMemory : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _bytes;

        public CountedMemory()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "loraedge.serving.memory")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, bytes, _, _) => Interlocked.Add(ref _bytes, bytes));
            _listener.Start();
        }

        public long Bytes => Interlocked.Read(ref _bytes);

        public void Dispose() => _listener.Dispose();
    }

    /// <summary>The slots, and what each of their adapters computes.</summary>
    private sealed class Table : IDisposable
    {
        private readonly ServingModel _model;
        private readonly SimulatedFault? _fault;
        private readonly AdapterServer _server;
        private readonly AdapterSlot[] _slots;
        private readonly Adapter[][] _adapters;
        private readonly float[][][] _answers;
        private readonly Dictionary<string, HostTensor> _inputs = new() { ["x"] = HostTensor.From(Numbers.Normal(Rows * 8, seed: 2), Rows, 8) };
        private readonly List<string> _problems = [];
        private readonly float[] _base;

        public Table(ServingMode mode, SimulatedFault? fault)
        {
            (_fault, _model) = (fault, new ServingModel(TwoHeads.Model(), settings: new SessionSettings { Fault = fault }));
            long room = 3 * 2 * 8 * 8 * sizeof(float);
            _server = new AdapterServer(
                _model, new AdapterForm(new SeededProjection(0), 1, AdaptableLayers.Find(_model.Model.Graph).Layers), new ServingOptions { Mode = mode }, room);
            _adapters = [.. Enumerable.Range(0, Slots).Select(slot => Enumerable.Range(0, AdaptersPerSlot).Select(i => RandomAdapter.For(_model.Model, 0.5, seed: (slot * 100) + (i * 10))).ToArray())];
            _answers = [.. _adapters.Select(own => own.Select(Answer).ToArray())];
            _base = Whole(_model.Base.Run(_inputs));
            _slots = [.. Enumerable.Range(0, Slots).Select(_ => _server.Open())];
        }

        public IReadOnlyList<string> Problems => _problems;

        public ServingStatus Status => _server.Status;

        public Thread Start(Random random, int operations, Action<Random> operation)
        {
            var thread = new Thread(() =>
            {
                for (int i = 0; i < operations; i++)
                    Try(random, operation);
            });
            thread.Start();
            return thread;
        }

        public void Infer(Random random)
        {
            int at = random.Next(Slots), kind = random.Next(5);
            if (kind == 0)
                On([at], slots => RunPrepared(at, slots[0]));
            else if (kind == 1)
                RunBatch([.. Enumerable.Range(0, Rows).Select(_ => random.Next(Slots))]);
            else if (kind == 2)
                On([at], slots => RunCancelled(at, slots[0], random.Next(2) == 0));
            else
                On([at], slots => Require(at, Whole(slots[0].Run(_inputs))));
        }

        public void Change(Random random)
        {
            int at = random.Next(Slots), kind = random.Next(8);
            if (random.Next(10) == 0)
                _fault?.Arm();
            if (kind == 0)
                Interlocked.Exchange(ref _slots[at], _server.Open()).Dispose();
            else
                On([at], slots => slots[0].Publish(kind == 1 ? null : _adapters[at][random.Next(AdaptersPerSlot)]));
        }

        public void CloseSlots()
        {
            foreach (AdapterSlot slot in _slots)
                slot.Dispose();
        }

        public void Dispose()
        {
            CloseSlots();
            _server.Dispose();
            _model.Dispose();
        }

        private void Try(Random random, Action<Random> operation)
        {
            try
            {
                operation(random);
            }
            catch (Exception error)
            {
                Tell(error.ToString());
            }
        }

        // Refused is only who had a slot that another thread has disposed.
        private void On(int[] at, Action<AdapterSlot[]> use)
        {
            AdapterSlot[] slots = [.. at.Select(i => Volatile.Read(ref _slots[i]))];
            try
            {
                use(slots);
            }
            catch (ObjectDisposedException) when (at.Where((place, i) => !ReferenceEquals(Volatile.Read(ref _slots[place]), slots[i])).Any())
            {
            }
        }

        private void RunPrepared(int at, AdapterSlot slot)
        {
            using InferenceCall call = slot.Prepare(_inputs);
            for (int run = 0; run < 5; run++)
            {
                call.Run();
                Require(at, Whole(call.Outputs));
            }
        }

        private void RunCancelled(int at, AdapterSlot slot, bool cancel)
        {
            using var cancelled = new CancellationTokenSource();
            Task<IReadOnlyDictionary<string, HostTensor>> run = slot.RunAsync(_inputs, cancelled.Token);
            if (cancel)
                cancelled.Cancel();
            try
            {
                Require(at, Whole(run.GetAwaiter().GetResult()));
            }
            catch (OperationCanceledException) when (cancel)
            {
            }
        }

        private void RunBatch(int[] rows) => On(rows, slots =>
        {
            float[] answer = Whole(_server.RunBatch(_inputs, slots));
            for (int row = 0; row < Rows; row++)
                Require(rows[row], Row(answer, row), row);
        });

        // Of one row, or of all.
        private void Require(int at, float[] actual, int? row = null)
        {
            float[] Expected(float[] whole) => row is { } number ? Row(whole, number) : whole;
            if (!_answers[at].Append(_base).Any(answer => IsClose(actual, Expected(answer))))
                Tell($"The slot {at} has computed what none of its adapters does.");
        }

        private void Tell(string problem)
        {
            lock (_problems)
                _problems.Add(problem);
        }

        private float[] Answer(Adapter adapter)
        {
            using MergedSession session = _model.Build(adapter);
            return Whole(session.Run(_inputs));
        }

        // A row of the left output, then that row of the right one.
        private static float[] Row(float[] whole, int row) => [.. whole.AsSpan(row * 8, 8), .. whole.AsSpan((Rows + row) * 8, 8)];

        private static float[] Whole(IReadOnlyDictionary<string, HostTensor> outputs) => [.. outputs["left"].AsSpan<float>(), .. outputs["right"].AsSpan<float>()];

        private static bool IsClose(float[] actual, float[] expected) => !actual.Where((value, i) => !(Math.Abs(value - expected[i]) < Close)).Any();
    }
}
