using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Fuzz.Tests.Mutations;

/// <summary>Damages a model in one to three places: its bytes, or what they mean.</summary>
internal static class ModelMutator
{
    private delegate void Mutation(ModelProto model, Random random);

    private static readonly (int Weight, Mutation Apply)[] s_mutations =
    [
        (14, AttributeMutations.Change), (4, AttributeMutations.Remove), (3, AttributeMutations.Add),
        (10, NodeMutations.ChangeOperator), (4, NodeMutations.Remove), (4, NodeMutations.Duplicate), (4, NodeMutations.Swap),
        (10, NodeMutations.Rewire), (2, NodeMutations.MakeCycle), (2, NodeMutations.RenameOutput), (5, NodeMutations.OmitInput), (4, NodeMutations.AddInput), (3, NodeMutations.AddOutput),
        (10, TensorMutations.ChangeValues), (7, TensorMutations.SwapShape), (2, TensorMutations.ExchangeShapes), (6, TensorMutations.Resize),
        (2, TensorMutations.ChangeDims), (5, TensorMutations.ChangeType), (2, TensorMutations.Remove),
        (8, DeclarationMutations.ChangeShape), (5, DeclarationMutations.ChangeType), (3, DeclarationMutations.Remove), (3, DeclarationMutations.Rename), (4, DeclarationMutations.ExposeValue),
        (4, DeclarationMutations.InputBecomesConstant), (4, DeclarationMutations.ConstantBecomesInput), (5, DeclarationMutations.ChangeOpset),
    ];

    private static readonly int s_total = s_mutations.Sum(mutation => mutation.Weight);

    /// <summary>The damaged content of the file, and what was done to it. The same draws give the same damage.</summary>
    public static (byte[] Bytes, string How) Mutate(byte[] original, Random random)
    {
        if (random.Percent(15))
            return (ByteMutations.Apply(original, random), "Bytes");
        ModelProto model = ModelProto.Parser.ParseFrom(original);
        var how = new List<string>();
        for (int count = random.Next(1, 4); count > 0; count--)
        {
            Mutation mutation = Draw(random);
            mutation(model, random);
            how.Add($"{mutation.Method.DeclaringType!.Name.Replace("Mutations", "")}.{mutation.Method.Name}");
        }

        byte[] bytes = model.ToByteArray();
        return (random.Percent(4) ? ByteMutations.Apply(bytes, random) : bytes, string.Join(" ", how));
    }

    private static Mutation Draw(Random random)
    {
        int at = random.Next(s_total);
        return s_mutations.First(mutation => (at -= mutation.Weight) < 0).Apply;
    }
}
