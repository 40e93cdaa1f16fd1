using System.Globalization;
using System.Security.Cryptography;
using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;

namespace LoraEdge.Training;

/// <summary>
/// All that is fixed when a session starts and has an influence on its result, as lines of text <c>name=value</c>. A checkpoint
/// carries them, and goes on under the same ones only.
/// </summary>
internal static class SessionTerms
{
    /// <summary>The terms of a session.</summary>
    public static string Of(TrainingRequest request, OnnxModel model, Projection projection, LowRankWeights weights, Placement placement)
    {
        TrainingOptions options = request.Options;
        Objective objective = request.Objective;
        (string Name, object? Value)[] terms =
        [
            ("Model", model.Fingerprint),
            ("Projection", $"{projection.Kind} {projection.Seed:x16} {projection.Crc32:x8}"),
            ("Layers", string.Join(" ", weights.Branches.Select(branch => branch.Layer.InitializerIndex))),
            (nameof(objective.ValueName), objective.ValueName),
            (nameof(objective.Form), objective.Form),
            (nameof(objective.Loss), objective.Loss),
            (nameof(objective.Position), objective.Position),
            (nameof(objective.IgnoreIndex), objective.IgnoreIndex),
            (nameof(objective.HuberDelta), objective.HuberDelta),
            (nameof(objective.States), string.Join(" ", objective.States.Select(state => $"{state.Input}>{state.Output}"))),
            (nameof(objective.BurnIn), objective.BurnIn),
            (nameof(objective.TruncationLength), objective.TruncationLength),
            (nameof(options.Method), options.Method),
            (nameof(options.Rank), options.Rank),
            (nameof(options.Scale), options.Scale),
            (nameof(options.SamplingSeed), options.SamplingSeed),
            (nameof(options.LearningRate), options.LearningRate),
            (nameof(options.WeightDecay), options.WeightDecay),
            (nameof(options.MaxEpochs), options.MaxEpochs),
            (nameof(options.BatchSize), options.BatchSize),
            (nameof(options.SliceSize), options.SliceSize),
            (nameof(options.GradientClipNorm), options.GradientClipNorm),
            (nameof(options.EvaluationsPerEpoch), options.EvaluationsPerEpoch),
            (nameof(options.Patience), options.Patience),
            (nameof(options.TrustRegion), options.TrustRegion),
            (nameof(options.Device), placement.Device),
            (nameof(options.WeightType), placement.WeightType),
            (nameof(options.Threads), options.Threads),
            (nameof(options.MemoryTargetMegabytes), options.MemoryTargetMegabytes),
            (nameof(request.Initial), request.Initial is { } initial ? Digest(AdapterFile.Write(initial, AdapterPrecision.Float32)) : null),
            (nameof(request.Records), RecordDigest.Of(request.Records)),
            (nameof(request.HeldOut), RecordDigest.Of(request.HeldOut)),
        ];
        return string.Join("\n", terms.Select(term => $"{term.Name}={Text(term.Value)}"));
    }

    /// <summary>The first line of one that is not in the other, for a message.</summary>
    public static (string Found, string Expected) FirstDifference(string found, string expected)
    {
        string[] left = found.Split('\n'), right = expected.Split('\n');
        int at = 0;
        while (at < Math.Min(left.Length, right.Length) && left[at] == right[at])
            at++;
        return (left.ElementAtOrDefault(at) ?? "nothing", right.ElementAtOrDefault(at) ?? "nothing");
    }

    // Round-trip formats: netstandard2.0's default ones drop digits.
    private static string Text(object? value) => value switch
    {
        null => "none",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Digest(byte[] bytes)
    {
        using var sha = SHA256.Create();
        return BitConverter.ToString(sha.ComputeHash(bytes));
    }
}
