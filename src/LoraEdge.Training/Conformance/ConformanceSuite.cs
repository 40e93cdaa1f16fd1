using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Conformance;

/// <summary>
/// Runs ONNX's backend node tests through the executor: a folder a case, with <c>model.onnx</c> and serialized tensors
/// <c>test_data_set_N/input_M.pb</c> and <c>output_M.pb</c> (https://github.com/onnx/onnx/blob/main/docs/OnnxBackendTest.md).
/// </summary>
public static class ConformanceSuite
{
    /// <summary>Runs every case of a directory, in ordinal order of their names.</summary>
    /// <param name="directory">The folder that holds the cases' folders.</param>
    /// <exception cref="InvalidOptionsException">There is no such folder.</exception>
    /// <exception cref="NativeRuntimeException">libtorch is missing or cannot be loaded.</exception>
    public static IEnumerable<ConformanceCase> Run(string directory)
    {
        NativeLibtorch.EnsureLoaded();
        if (!Directory.Exists(directory))
            throw new InvalidOptionsException($"There is no folder '{directory}' of conformance cases. Name the one that holds theirs: a folder a case, with model.onnx and test_data_set_*.");
        return Directory.GetDirectories(directory)
            .Where(folder => File.Exists(ModelIn(folder)))
            .OrderBy(folder => folder, StringComparer.Ordinal)
            .Select(RunCase);
    }

    /// <summary>Runs one case.</summary>
    /// <param name="folder">The case's folder.</param>
    public static ConformanceCase RunCase(string folder)
    {
        string name = Path.GetFileName(folder);
        IReadOnlyList<string> operators = [];
        try
        {
            OnnxModel model = OnnxModel.Load(ModelIn(folder));
            operators = [.. OperatorsOf(model.Graph).Distinct()];
            SupportCheck.Require(model, [.. model.Graph.Outputs.Select(output => output.Name)]);
            using var executor = new GraphExecutor(model);
            string[] dataSets = Directory.GetDirectories(folder, "test_data_set_*");
            if (dataSets.Length == 0)
                return new ConformanceCase(name, ConformanceResult.Failed, operators, "it has no test_data_set_*, so there is nothing to compare");
            string? difference = dataSets.Select(set => DifferenceIn(model, executor, set)).FirstOrDefault(found => found is not null);
            if (difference is not null)
                return new ConformanceCase(name, ConformanceResult.Wrong, operators, difference);
            var random = new RandomValues(model.Graph);
            return model.Graph.Outputs.All(output => random.Contains(output.Name))
                ? new ConformanceCase(name, ConformanceResult.Refused, operators, $"what {string.Join(", ", operators)} compute is random: types and shapes agree, and there are no numbers to compare")
                : new ConformanceCase(name, ConformanceResult.Passed, operators, "");
        }
        catch (LoraEdgeException refusal)
        {
            return new ConformanceCase(name, ConformanceResult.Refused, operators, refusal.Message);
        }
        catch (Exception error)
        {
            return new ConformanceCase(name, ConformanceResult.Failed, operators, $"{error.GetType().Name}: {error.Message}");
        }
    }

    private static IEnumerable<string> OperatorsOf(OnnxGraph graph) => graph.Nodes.SelectMany(node =>
        node.Subgraphs.SelectMany(OperatorsOf).Prepend(node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}"));

    private static string ModelIn(string folder) => Path.Combine(folder, "model.onnx");

    private static string? DifferenceIn(OnnxModel model, GraphExecutor executor, string dataSet)
    {
        using var _ = no_grad();
        var inputs = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        Tensor[] outputs = [];
        try
        {
            for (int i = 0; i < model.Graph.Inputs.Count; i++)
                inputs[model.Graph.Inputs[i].Name] = Read(dataSet, $"input_{i}.pb", model.Graph.Inputs[i]);
            // Twice: the first run builds the plan, the second one uses it.
            string[] names = [.. model.Graph.Outputs.Select(output => output.Name)];
            foreach (Tensor output in executor.Run(inputs, names))
                output.Dispose();
            outputs = executor.Run(inputs, names);
            var random = new RandomValues(model.Graph);
            return names.Select((name, i) => DifferenceOf(model.Graph.Outputs[i], outputs[i], dataSet, i, random.Contains(name))).FirstOrDefault(found => found is not null);
        }
        finally
        {
            foreach (Tensor tensor in inputs.Values.Concat(outputs))
                tensor.Dispose();
        }
    }

    private static string? DifferenceOf(ValueInfo output, Tensor actual, string dataSet, int index, bool isRandom)
    {
        using Tensor expected = Read(dataSet, $"output_{index}.pb", output);
        return (isRandom ? TensorDifference.DescribeForm(actual, expected) : TensorDifference.Describe(actual, expected)) is { } difference ? $"output '{output.Name}': {difference}" : null;
    }

    // The suite stores bfloat16 as uint16, for want of such a type in NumPy.
    private static Tensor Read(string dataSet, string file, ValueInfo declared)
    {
        Initializer tensor = Initializer.Parse(File.ReadAllBytes(Path.Combine(dataSet, file)), file);
        bool isBFloat16 = tensor.DataType == OnnxDataType.UInt16 && declared.ElementType == OnnxDataType.BFloat16;
        return WeightTensors.Create(isBFloat16 ? GraphBuilder.Tensor(tensor.Name, OnnxDataType.BFloat16, tensor.Data.ToArray(), tensor.Dims) : tensor);
    }
}
