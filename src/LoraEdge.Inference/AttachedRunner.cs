using LoraEdge.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>The native session of an attached model: feeds it inputs, tables and places.</summary>
internal sealed class AttachedRunner : IDisposable
{
    private readonly string _model;
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly ModelInputs _inputs;
    private readonly IntegerDivisions _divisions;
    private readonly TimeSpan? _longestRun;
    private readonly string[] _outputs;
    private readonly string[] _ownInputs;
    private readonly UseCount _uses;

    /// <summary>Opens the session.</summary>
    /// <exception cref="ModelFormatException">ONNX Runtime refuses the model.</exception>
    public AttachedRunner(ServingModel model, AttachedModel attached)
    {
        _model = model.Model.Name;
        _inputs = new ModelInputs(model.Model);
        _divisions = new IntegerDivisions(model.Model);
        _longestRun = RunLimit.Concerns(model.Model.Graph) ? TimeSpan.FromSeconds(model.Settings.Limits.LoopSeconds) : null;
        _outputs = [.. model.Base.OutputNames];
        _ownInputs = [attached.Players, .. attached.Tables.Select(table => table.Name)];
        _session = NativeSession.Open(attached.Model, model.Settings, out _, model.Weights);
        _uses = new UseCount(Release);
    }

    /// <summary>Checks that the batch has a number of rows: the first axis of the first input that has axes.</summary>
    /// <exception cref="InvalidInputException">It has another.</exception>
    public void RequireRows(IReadOnlyDictionary<string, HostTensor> inputs, int rows)
    {
        _inputs.Require(inputs);
        if (RowsOf(inputs) is var found && (found != rows || rows == 0))
            throw new InvalidInputException($"{rows} players were given for {found} rows of {_model}; give one player for each row, and one row or more.");
    }

    /// <summary>Whether the batch has no rows.</summary>
    /// <exception cref="InvalidInputException">The inputs do not fit the model.</exception>
    public bool IsEmpty(IReadOnlyDictionary<string, HostTensor> inputs)
    {
        _inputs.Require(inputs);
        return RowsOf(inputs) == 0;
    }

    /// <summary>The number of rows of a batch.</summary>
    public long RowsOf(IReadOnlyDictionary<string, HostTensor> inputs) =>
        _inputs.Declared.Select(input => inputs[input.Name]).FirstOrDefault(tensor => tensor.Shape.Length > 0)?.Shape[0] ?? 1;

    /// <summary>Computes every output.</summary>
    /// <exception cref="InvalidInputException">The inputs do not fit the model.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public IReadOnlyDictionary<string, HostTensor> Run(IReadOnlyDictionary<string, HostTensor> inputs, TableRead read)
    {
        _inputs.Require(inputs);
        _divisions.Require(inputs);
        if (!_uses.TryEnter())
            throw new ObjectDisposedException(nameof(AttachedSession));
        try
        {
            using var bound = new BoundTensors(inputs);
            using OrtValue slots = OrtValue.CreateTensorValueFromMemory(read.Slots, [read.Slots.Length]);
            using IDisposableReadOnlyCollection<OrtValue> values = Compute([.. bound.Names, .. _ownInputs], [.. bound.Values, slots, .. read.Memory.Values]);
            return OutputTensors.Copy(_model, _outputs, values);
        }
        finally
        {
            _uses.Leave();
        }
    }

    /// <summary>Releases the native session, as soon as the runs in progress have ended.</summary>
    public void Dispose() => _uses.Close();

    private IDisposableReadOnlyCollection<OrtValue> Compute(string[] names, OrtValue[] values)
    {
        using RunLimit? limit = _longestRun is { } longest ? new RunLimit(longest) : null;
        try
        {
            return _session.Run(limit?.Options ?? _options, names, values, _outputs);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidInputException($"ONNX Runtime cannot run {_model} with attached adapters on these inputs: {error.Message} Where the message is about shapes, the rows of a layer are no multiple of the batch's.", error);
        }
    }

    private void Release()
    {
        _session.Dispose();
        _options.Dispose();
    }
}
