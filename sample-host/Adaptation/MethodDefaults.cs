using LoraEdge;

namespace Rival.Adaptation;

/// <summary>Training options of each method where the user gives none.</summary>
public static class MethodDefaults
{
    /// <summary>Adapters take the library's defaults; full fine-tuning only a lower learning rate, since far more of it moves at once.</summary>
    public static TrainingOptions Of(AdaptationKind kind) =>
        kind == AdaptationKind.Full ? new TrainingOptions { LearningRate = 6e-5 } : new TrainingOptions();
}
