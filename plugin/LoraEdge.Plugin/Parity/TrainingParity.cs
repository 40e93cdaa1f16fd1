using LoraEdge.Inference;
using LoraEdge.Interactions;
using LoraEdge.Onnx;
using LoraEdge.Onnx.Parity;

namespace LoraEdge.Parity;

/// <summary>
/// Compares what training computes with what serving computes: the model before it is first trained, and every trained
/// adapter before it is stored and served. Where they differ, training fails with the first differing node, and what served
/// before serves on.
/// </summary>
/// <remarks>
/// Runs on the training thread, with the first training and not while the host loads: there is a record by then to take sizes
/// from that the model leaves open, the host waits for nothing, and a host that never trains never loads libtorch. The model is
/// compared once (<see cref="KnownParity"/>), at the price of one pass through the executor and one through ONNX Runtime with a
/// batch of two. Stored adapters, which were compared when they were trained, are opened without.
/// </remarks>
internal sealed class TrainingParity(ServingModel model, LoraEdgeOptions options)
{
    private readonly OnnxGraph _graph = model.Model.Graph;
    private readonly StateInputs _states = new(model.Model, options.Objective);
    private readonly KnownParity _known = new(options, model);

    /// <summary>Compares the frozen model, unless that was done before: every output, and the objective's value.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="record">A record, for sizes that the model leaves open.</param>
    /// <exception cref="ParityException">The two differ.</exception>
    /// <exception cref="UnsupportedModelException">The trainer cannot execute the model.</exception>
    public void RequireModel(IAdapterTrainer trainer, Interaction record)
    {
        if (_known.IsFound)
            return;
        ParityResult result = Compare(trainer, (inputs, values) => model.Compute(inputs, values), null, record, ParityTargets.Of(_graph, options.Objective.ValueName));
        if (!result.Agrees)
            throw new ParityException($"{model.Model.Name} computes something else in training than ONNX Runtime does, so it is not trained: {Describe(result)}. Serving goes on. Check the model with 'loraedge verify', and export it without that node or report it.");
        _known.Add();
    }

    /// <summary>Stores what was found about the model beside the profiles, for the next time that it is loaded.</summary>
    public void StoreFindings() => _known.Store();

    /// <summary>Compares a session that is about to serve a trained adapter.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="session">The session.</param>
    /// <param name="record">A record, for sizes that the model leaves open.</param>
    /// <exception cref="ParityException">The two differ.</exception>
    public void RequireAdapter(IAdapterTrainer trainer, ServingSession session, Interaction record)
    {
        string[] outputs = [.. ParityTargets.Of(_graph).Compared.Where(session.OutputNames.Contains)];
        RequireAdapter(trainer, session, record, outputs);

        // Where no output tells about the weights, because all are drawn or chosen, a session on the same merged weights shows
        // the values that they are drawn and chosen from.
        if (!outputs.Any(Tells))
            RequireAdapter(trainer, session, record, ParityTargets.Of(_graph, options.Objective.ValueName).Compared);
    }

    private void RequireAdapter(IAdapterTrainer trainer, ServingSession session, Interaction record, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
            return;
        IReadOnlyDictionary<string, HostTensor> Served(IReadOnlyDictionary<string, HostTensor> inputs, IReadOnlyList<string> wanted) =>
            wanted.All(session.OutputNames.Contains) ? session.Run(inputs) : model.Compute(inputs, wanted, session.Adapter);
        ParityResult result = Compare(trainer, Served, session.Adapter, record, new ParityTargets(values, []));
        if (!result.Agrees)
            throw new ParityException($"With the trained adapter, the session that was to serve {model.Model.Name} computes something else than training did, so the adapter is not used: {Describe(result)}. The one before serves on. Report the node: merging its weight does not work on this machine.");
    }

    // Inputs of unknown meaning can be such that nothing runs on them (a length, a position); a record's can not.
    private ParityResult Compare(IAdapterTrainer trainer, ValueSource served, Adapter? adapter, Interaction record, ParityTargets targets)
    {
        var check = new ParityCheck(model.Model, served, (inputs, values) => trainer.Forward(new ForwardRequest
        {
            ModelPath = options.ModelPath,
            Inputs = inputs,
            Values = values,
            Adapter = adapter,
            Calibrated = options.Projection as CalibratedProjection,
            Threads = options.Training.Threads,
            Limits = options.Limits,
        }));
        try
        {
            return check.Run(ParityInputs.For(model.Model, example: _states.AddTo(record.Inputs)), targets);
        }
        catch (InvalidInputException)
        {
            return OnRecord(check, record, targets);
        }
    }

    private ParityResult OnRecord(ParityCheck check, Interaction record, ParityTargets targets)
    {
        try
        {
            return check.Run(_states.AddTo(record.Inputs), targets);
        }
        catch (InvalidInputException error)
        {
            // Training goes on without it.
            throw new InvalidInputException(error.Message, error) { Records = [record] };
        }
    }

    /// <summary>Whether an output is computed from adaptable weights in floating-point numbers, which show every change.</summary>
    private bool Tells(string output)
    {
        if (_graph.Outputs.First(declared => declared.Name == output).ElementType is not (OnnxDataType.Float or OnnxDataType.Float16))
            return false;
        HashSet<OnnxNode> ancestors = [.. _graph.AncestorsOf([output])];
        return AdaptableLayers.Find(_graph).Layers.Any(layer => layer.Nodes.Any(ancestors.Contains));
    }

    private static string Describe(ParityResult result) => result.FirstDifferingNode is { } node
        ? FormattableString.Invariant($"the first differing node is '{node}'; values differ by up to {result.MaxDifference:G3} of their scale, and {result.Tolerance:G3} is allowed ({result.Detail})")
        : result.Detail!;
}
