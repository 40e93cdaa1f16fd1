namespace LoraEdge.Training.Calibration;

/// <summary>How far a calibration is.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="PlannedSteps">Optimizer steps in all.</param>
/// <param name="Loss">Mean training loss over everyone since the last report.</param>
public readonly record struct CalibrationProgress(long Step, long PlannedSteps, double Loss);
