using LoraEdge;

namespace Rival.Adaptation;

/// <summary>Training options of each method where the user gives none.</summary>
public static class MethodDefaults
{
    /// <summary>LoRA-FA takes the library's defaults; the others only a lower learning rate, since more of them moves at once.</summary>
    public static TrainingOptions Of(AdaptationKind kind) => kind switch
    {
        AdaptationKind.Lora => new TrainingOptions { LearningRate = 1e-3 },
        AdaptationKind.Full => new TrainingOptions { LearningRate = 1e-4 },
        _ => new TrainingOptions(),
    };
}
