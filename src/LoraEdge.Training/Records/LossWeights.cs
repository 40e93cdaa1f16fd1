using LoraEdge.Training.Sequences;

namespace LoraEdge.Training.Records;

/// <summary>How much records count: the weights of all that carries a target and is learned. What a sum of losses is divided by.</summary>
internal static class LossWeights
{
    /// <summary>Of records together.</summary>
    public static double Of(Objective objective, IReadOnlyList<Interaction> records) => records.Sum(record => Of(objective, record));

    /// <summary>Of one record, a sequence or a single step.</summary>
    public static double Of(Objective objective, Interaction record)
    {
        IReadOnlyList<Interaction> steps = SequenceSteps.Of(record);
        double sum = 0;
        for (int i = objective.States.Count > 0 ? objective.BurnInOf(record) : 0; i < steps.Count; i++)
        {
            if (!steps[i].Target.IsNone)
                sum += (double)SequenceSteps.WeightOf(record, steps[i]) * CountOf(objective, steps[i].Target);
        }

        return sum;
    }

    /// <summary>How many losses a target has.</summary>
    private static int CountOf(Objective objective, Target target) => objective.Loss switch
    {
        LossKind.CrossEntropy => 1,
        LossKind.SequenceCrossEntropy => target.Classes!.Count(index => index != objective.IgnoreIndex),
        _ => target.Values!.Length,
    };
}
