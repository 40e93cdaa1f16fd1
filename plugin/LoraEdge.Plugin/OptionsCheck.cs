using LoraEdge.Onnx;

namespace LoraEdge;

/// <summary>Refuses options that cannot work while the host is still loading, not when a player first trains.</summary>
internal static class OptionsCheck
{
    /// <summary>Checks what the options say by themselves.</summary>
    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    public static void Require(LoraEdgeOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ModelPath))
            throw new InvalidOptionsException($"{nameof(options.ModelPath)} is empty; it must be the path of an ONNX file.");
        if (options.StorageFolder is not null && string.IsNullOrWhiteSpace(options.StorageFolder))
            throw new InvalidOptionsException($"{nameof(options.StorageFolder)} is empty; it must be a folder, or null to keep adapters in memory.");
        options.Training.Validate();
        options.Schedule.Validate();
        options.Adaptation?.Validate();
        if (options.Generations < 1)
            throw new InvalidOptionsException($"{nameof(options.Generations)} is {options.Generations}; it must be 1 or more.");
        if (options.SyncInterval <= TimeSpan.Zero)
            throw new InvalidOptionsException($"{nameof(options.SyncInterval)} is {options.SyncInterval}; it must be above 0.");
        options.Serving.Validate();
        options.Log.Check();
        options.Limits.Validate();
        options.Objective.Validate();
        if (!(options.HeldOutShare >= 0 && options.HeldOutShare < 1))
            throw new InvalidOptionsException($"{nameof(options.HeldOutShare)} is {options.HeldOutShare}; it must be from 0 to below 1.");
        if (options.AdapterPrecision is not (AdapterPrecision.Float16 or AdapterPrecision.Float32))
            throw new InvalidOptionsException($"{nameof(options.AdapterPrecision)} is {(int)options.AdapterPrecision}; it must be {AdapterPrecision.Float16} or {AdapterPrecision.Float32}.");
    }

    /// <summary>Checks what the options say about the model.</summary>
    /// <exception cref="InvalidOptionsException">The objective names no value of the model, or a state that does not fit it.</exception>
    /// <exception cref="AdapterMismatchException">The projection was made for another model.</exception>
    public static void Require(LoraEdgeOptions options, OnnxModel model)
    {
        if (model.Graph.ProducerOf(options.Objective.ValueName) is null)
            throw new InvalidOptionsException($"{model.Name} computes no value '{options.Objective.ValueName}'. The objective must name an output ({string.Join(", ", model.Graph.Outputs.Select(output => output.Name))}) or an internal value.");
        ModelState.Find(model, options.Objective);
        if (options.Projection.Model is { } calibrated && calibrated != model.Fingerprint)
            throw new AdapterMismatchException($"The calibrated projection {options.Projection.Seed:x16} was made for the model {calibrated}, but {model.Name} is {model.Fingerprint}. Ship the projection that belongs to it.");
    }
}
