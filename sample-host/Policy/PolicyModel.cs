using LoraEdge;
using LoraEdge.Inference;
using LoraEdge.Onnx;
using LoraEdge.Training;

namespace Rival.Policy;

/// <summary>A frozen model that is known to be a policy network of this game, and known to be trainable through.</summary>
public sealed class PolicyModel
{
    private PolicyModel(string path, OnnxModel model) => (Path, Onnx) = (path, model);

    /// <summary>The calibrated projection that is shipped beside the model, by the same name; whether or not there is one.</summary>
    public string ProjectionPath => System.IO.Path.ChangeExtension(Path, ".projection");

    /// <summary>The model that comes with the game.</summary>
    public static string ShippedPath => System.IO.Path.Combine(AppContext.BaseDirectory, "Models", "rival-base.onnx");

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>The model.</summary>
    public OnnxModel Onnx { get; }

    /// <summary>Reads a model and checks it.</summary>
    /// <param name="path">Path of the file; null for <see cref="ShippedPath"/>.</param>
    /// <exception cref="ModelFormatException">The file is missing, truncated, not ONNX, or another kind of model.</exception>
    /// <exception cref="UnsupportedModelException">Some operators are not supported; all of them are listed.</exception>
    public static PolicyModel Load(string? path = null)
    {
        path ??= ShippedPath;
        OnnxModel model = OnnxModel.Load(path);

        // Before a session is opened: ONNX Runtime would name the first unknown operator alone.
        TrainingSupport.Require(model);
        if (ProblemOf(model) is { } problem)
            throw new ModelFormatException($"'{path}' is an ONNX model, but no policy network for chess: {problem}. Use a model made by train-base.");
        return new PolicyModel(path, model);
    }

    /// <summary>Opens a session of the caller.</summary>
    /// <param name="weights">Other values of some weights; null for the frozen model.</param>
    /// <param name="threads">CPU threads of one inference; null for all of the machine's.</param>
    public MergedSession Serve(IReadOnlyDictionary<string, float[]>? weights = null, int? threads = null) =>
        new(Onnx, weights, new SessionSettings { Threads = threads ?? Environment.ProcessorCount });

    /// <summary>Where the frozen A of adapters comes from: the calibrated projection beside the model, if it has enough rows, else seed 0.</summary>
    /// <param name="rank">Rank of the adapters.</param>
    /// <exception cref="AdapterFormatException">The projection is damaged.</exception>
    public IProjectionSource Projection(int rank) =>
        File.Exists(ProjectionPath) && CalibratedProjection.Load(ProjectionPath) is { } calibrated && calibrated.Rank >= rank ? calibrated : new SeededProjection(0);

    private static string? ProblemOf(OnnxModel model)
    {
        if (model.Graph.Inputs.Count != 1 || !Is(model.Graph.Inputs[0], PolicyRecord.Input, TensorElementType.UInt8, 64, BoardPlanes.Count))
            return $"its one input must be '{PolicyRecord.Input}', {TensorElementType.UInt8}[N,64,{BoardPlanes.Count}]";
        if (!model.Graph.Outputs.Any(output => Is(output, PolicyRecord.Output, TensorElementType.Float32, MoveClass.Count)))
            return $"it must have the output '{PolicyRecord.Output}', {TensorElementType.Float32}[N,{MoveClass.Count}]";
        return null;
    }

    /// <summary>Whether a declaration has this name, type and shape, the batch axis in front being left open.</summary>
    private static bool Is(ValueInfo declared, string name, TensorElementType type, params ReadOnlySpan<int> sizes)
    {
        if (declared.Name != name || declared.ElementType != (int)type || declared.Shape is not { } shape || shape.Count != sizes.Length + 1)
            return false;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (shape[axis + 1].Size != sizes[axis])
                return false;
        }

        return shape[0].Size is null;
    }
}
