using LoraEdge.Onnx.Protos;

namespace LoraEdge.Fuzz.Tests;

/// <summary>Damage that leaves a readable file: as broken exporters do it, and attackers.</summary>
internal static class GraphMutation
{
    private static readonly Func<ModelProto, Random, string?>[] s_all =
    [
        TensorMutation.SwapShapes, TensorMutation.ChangeSize, TensorMutation.ChangeSize, TensorMutation.ChangeRank, TensorMutation.ChangeType, TensorMutation.ChangeValue, TensorMutation.ChangeValue,
        TensorMutation.Remove, TensorMutation.ChangeDeclaredSize, TensorMutation.ChangeDeclaredType, TensorMutation.ChangeDeclaredRank,
        NodeMutation.Remove, NodeMutation.Duplicate, NodeMutation.Swap, NodeMutation.ReadLaterValue, NodeMutation.Rename, NodeMutation.ReadOtherValue,
        NodeMutation.ReadOtherValue, NodeMutation.OmitInput, NodeMutation.AddInput, NodeMutation.RemoveInput, NodeMutation.AddOutput, NodeMutation.RemoveOutput, NodeMutation.ChangeOperator, NodeMutation.ChangeOpset,
        AttributeMutation.Change, AttributeMutation.Change, AttributeMutation.Change, AttributeMutation.Change, AttributeMutation.Remove, AttributeMutation.Copy,
    ];

    /// <summary>Damages the model in one way that it has a place for.</summary>
    public static string Apply(ModelProto model, Random random)
    {
        for (int attempt = 0; attempt < 50; attempt++)
        {
            if (model.Graph is not null && s_all[random.Next(s_all.Length)](model, random) is { } how)
                return how;
        }

        return "nothing";
    }

    /// <summary>One of a list; default when it is empty.</summary>
    public static T? Any<T>(this Random random, IReadOnlyList<T> list) => list.Count == 0 ? default : list[random.Next(list.Count)];

    /// <summary>A size, axis or index that somebody may have forgotten.</summary>
    public static long Integer(this Random random) => s_integers[random.Next(s_integers.Length)];

    private static readonly long[] s_integers =
    [
        0, 0, 1, 1, 2, 3, 4, 5, 7, 8, 16, 64, 100, 1000, 4096, 65536, 1 << 20, 1 << 24, 1 << 28, 1L << 30, int.MaxValue, 1L << 31, 1L << 32, 1L << 33, 1L << 40, 1L << 62,
        long.MaxValue, -1, -1, -2, -3, -4, -100, int.MinValue, long.MinValue, long.MinValue + 1,
    ];
}
