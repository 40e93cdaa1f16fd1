namespace LoraEdge.Onnx;

/// <summary>The values that training computes.</summary>
public static class ObjectiveValues
{
    /// <summary>
    /// The objective's value, and the state outputs that it depends on over the steps: those whose input leads to it, or to
    /// another such output.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="objective">The objective.</param>
    /// <exception cref="InvalidOptionsException">A state of the objective does not fit the model.</exception>
    public static string[] Of(OnnxModel model, Objective objective)
    {
        List<string> values = [objective.ValueName];
        if (objective.States.Count == 0 || model.Graph.ProducerOf(objective.ValueName) is null)
            return [.. values];
        IReadOnlyList<ModelState> states = ModelState.Find(model, objective);
        while (true)
        {
            HashSet<string> read = new(model.Graph.AncestorsOf(values).SelectMany(node => node.Inputs.Concat(node.CapturedValues)), StringComparer.Ordinal);
            string[] more = [.. states.Where(state => read.Contains(state.Input)).Select(state => state.Output).Except(values, StringComparer.Ordinal)];
            if (more.Length == 0)
                return [.. values];
            values.AddRange(more);
        }
    }
}
