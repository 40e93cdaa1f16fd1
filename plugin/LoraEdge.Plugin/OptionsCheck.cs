using LoraEdge.Onnx;

namespace LoraEdge;

/// <summary>Refuses options that cannot work while the host is still loading, not when a player first trains.</summary>
internal static class OptionsCheck
{
    /// <exception cref="InvalidOptionsException">An option is out of range, or the objective names no value of the model.</exception>
    /// <exception cref="AdapterMismatchException">The projection was made for another model.</exception>
    public static void Require(LoraEdgeOptions options, OnnxModel model)
    {
        options.Training.Validate();
        if (!(options.HeldOutShare >= 0 && options.HeldOutShare < 1))
            throw new InvalidOptionsException($"{nameof(options.HeldOutShare)} is {options.HeldOutShare}; it must be from 0 to below 1.");
        if (options.AdapterPrecision is not (AdapterPrecision.Float16 or AdapterPrecision.Float32))
            throw new InvalidOptionsException($"{nameof(options.AdapterPrecision)} is {(int)options.AdapterPrecision}; it must be {AdapterPrecision.Float16} or {AdapterPrecision.Float32}.");
        if (model.Graph.ProducerOf(options.Objective.ValueName) is null)
            throw new InvalidOptionsException($"{model.Name} computes no value '{options.Objective.ValueName}'. The objective must name an output ({string.Join(", ", model.Graph.Outputs.Select(output => output.Name))}) or an internal value.");
        if (options.Projection.Model is { } calibrated && calibrated != model.Fingerprint)
            throw new AdapterMismatchException($"The calibrated projection {options.Projection.Seed:x16} was made for the model {calibrated}, but {model.Name} is {model.Fingerprint}. Ship the projection that belongs to it.");
    }
}
