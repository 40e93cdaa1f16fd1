using LoraEdge.Onnx;

namespace LoraEdge.Interactions;

/// <summary>The inputs of a model that carry state: records are without them, and where a record is run the zeros of an episode's start stand in.</summary>
internal sealed class StateInputs(OnnxModel model, Objective objective)
{
    private readonly Dictionary<string, HostTensor> _zeros = ModelState.Find(model, objective).ToDictionary(state => state.Input, state => state.Zeros(), StringComparer.Ordinal);

    /// <summary>Whether the model has any, as far as the objective says.</summary>
    public bool Any => _zeros.Count > 0;

    /// <summary>All inputs of the model, from those of a record.</summary>
    /// <exception cref="InvalidInputException">The record has a state itself.</exception>
    public IReadOnlyDictionary<string, HostTensor> AddTo(IReadOnlyDictionary<string, HostTensor> inputs)
    {
        if (!Any)
            return inputs;
        var all = new Dictionary<string, HostTensor>(_zeros, StringComparer.Ordinal);
        foreach (KeyValuePair<string, HostTensor> input in inputs)
        {
            if (_zeros.ContainsKey(input.Key))
                throw new InvalidInputException($"The input '{input.Key}' carries state from step to step, which training fills in itself. Leave it out of records.");
            all.Add(input.Key, input.Value);
        }

        return all;
    }
}
