using LoraEdge.Onnx;
using LoraEdge.Onnx.Parity;

namespace LoraEdge.Inference;

/// <summary>Whether two ways of serving an adapter compute the same.</summary>
internal static class SessionAgreement
{
    /// <summary>Compares the outputs of two runs on the same inputs, as training and serving are compared.</summary>
    /// <param name="model">The frozen model.</param>
    /// <param name="actual">What one computed.</param>
    /// <param name="expected">What the other did.</param>
    /// <returns>The difference; null where they agree, or nothing can be compared because all is random.</returns>
    public static string? Difference(OnnxModel model, IReadOnlyDictionary<string, HostTensor> actual, IReadOnlyDictionary<string, HostTensor> expected)
    {
        string[] compared = [.. ParityTargets.Of(model.Graph).Compared.Where(expected.ContainsKey)];
        ParityResult result = new ParityCheck(model, (_, _) => expected, (_, _) => actual).Compare(actual, expected, compared, []);
        return result.Agrees || compared.Length == 0 ? null : result.Detail;
    }
}
