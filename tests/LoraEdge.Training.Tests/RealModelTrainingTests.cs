using LoraEdge.Onnx.Parity;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests;

/// <summary>Real models, at the first objective that is proposed for each: their gradients, and a few steps on a fixed batch.</summary>
public sealed class RealModelTrainingTests
{
    private static readonly string[] s_models =
    [
        "mlagents/3DBall.onnx", "mlagents/Basic.onnx", "mlagents/GridFoodCollector.onnx", "mlagents/Hallway.onnx", "mlagents/Match3VectorObs.onnx",
        "mlagents/PushBlock.onnx", "mlagents/Sorter.onnx", "magika/fast_v2_1.onnx", "stories15M/stories15M.onnx",
    ];

    [Test]
    public void StepsOnAFixedBatch_LowerTheLoss([ValueSource(nameof(s_models))] string path)
    {
        using var fixture = new Fixture(path);
        var optimizer = new AdamW(fixture.Weights.Parameters, _ => 0);
        double first = fixture.Differentiate(), last = first;
        for (int step = 0; step < 5; step++)
        {
            optimizer.Step(1e-3, GradientClip.Factor(optimizer.GradientNorm(), 1));
            last = fixture.Differentiate();
        }

        Assert.That(last, Is.LessThan(first));
    }

    [Test]
    public void EveryTargetsGradient_IsFinite_AndThatOfFiniteDifferences([ValueSource(nameof(s_models))] string path)
    {
        using var fixture = new Fixture(path);
        fixture.Weights.Randomised(seed: 3, deviation: 0.02);
        fixture.Differentiate();
        float[][] gradients = [.. fixture.Weights.Parameters.Select(parameter => parameter.grad!.ToFloatsAndDispose())];

        Assert.That(gradients.SelectMany(gradient => gradient).All(float.IsFinite));
        for (int target = 0; target < gradients.Length; target++)
        {
            // The steepest entry: others drown in the rounding of the loss.
            int entry = Array.IndexOf(gradients[target], gradients[target].MaxBy(Math.Abs));
            double expected = fixture.Difference(target, entry, step: 1e-2f);
            Assert.That(gradients[target][entry], Is.EqualTo(expected).Within(Math.Max(0.05 * Math.Abs(expected), 2e-3)), $"target {target}, entry {entry}");
        }
    }

    /// <summary>A model with branches on the layers that lead to its objective, and a batch of seeded inputs.</summary>
    private sealed class Fixture : IDisposable
    {
        private readonly string _value;
        private readonly GraphExecutor _executor;
        private readonly Dictionary<string, Tensor> _inputs;

        public Fixture(string path)
        {
            NativeLibtorch.EnsureLoaded();
            OnnxModel model = OnnxModel.Load(TestData.Require($"models/{path}"));
            _value = ObjectiveCandidates.Find(model.Graph, AdaptableLayers.Find(model.Graph).Layers)[0].ValueName;
            IReadOnlyList<AdaptableLayer> layers = ObjectiveLayers.Find(model, new Objective { ValueName = _value }, [], []);
            ProjectionFactors factors = ProjectionFactors.Make(new SeededProjection(7), model.Fingerprint, [.. layers.Select(layer => layer.AsWeight())], 1);
            Weights = new LowRankWeights(layers, factors.Matrices, 1, 1, trainA: false);
            _executor = new GraphExecutor(model, Weights);
            _inputs = ParityInputs.For(model, seed: 1).ToTorch();
            // Policies push what is masked out of reach of any gradient.
            foreach (string mask in _inputs.Keys.Where(name => name.Contains("mask")))
                _inputs[mask].fill_(1);
        }

        public LowRankWeights Weights { get; }

        /// <summary>The loss, with its gradients left in the parameters.</summary>
        public double Differentiate()
        {
            Weights.ClearGradients();
            using Tensor loss = Loss();
            loss.backward();
            return loss.item<float>();
        }

        /// <summary>The derivative of the loss by one entry of B, by central differences.</summary>
        public double Difference(int target, int entry, float step)
        {
            float[][] values = Weights.Capture();
            double At(float value)
            {
                float[][] moved = [.. values.Select(one => (float[])one.Clone())];
                moved[target][entry] = value;
                Weights.Restore(moved);
                using var _ = no_grad();
                using Tensor loss = Loss();
                return loss.item<float>();
            }

            double difference = (At(values[target][entry] + step) - At(values[target][entry] - step)) / (2 * step);
            Weights.Restore(values);
            return difference;
        }

        public void Dispose()
        {
            _inputs.Values.DisposeAll();
            _executor.Dispose();
            Weights.Dispose();
        }

        /// <summary>Cross-entropy of every row against the class in the middle.</summary>
        private Tensor Loss()
        {
            using Tensor value = _executor.Run(_inputs, _value).Single(), rows = value.reshape(-1, value.shape[^1]), logs = nn.functional.log_softmax(rows, 1);
            using Tensor picked = logs.select(1, rows.shape[1] / 2), mean = picked.mean();
            return mean.neg();
        }
    }
}
