using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// The functions of a model by what calls name. Those of ONNX's own domain are left aside: whether they or the operators come
/// first is the runtime's choice, and in ONNX Runtime it is always the operators. In other domains the file's word counts.
/// </summary>
internal sealed class FunctionTable
{
    private readonly Dictionary<(string Domain, string Name, string Overload), FunctionProto> _functions = [];
    private readonly HashSet<FunctionProto> _imported = [];

    /// <exception cref="ModelFormatException">Two functions have one domain, name and overload.</exception>
    public FunctionTable(ModelProto proto, string model)
    {
        foreach (FunctionProto function in proto.Functions.Where(function => OpsetImports.Normalize(function.Domain).Length > 0))
        {
            (string, string, string) key = (OpsetImports.Normalize(function.Domain), function.Name, function.Overload);
            if (_functions.ContainsKey(key))
                throw new ModelFormatException($"{model}: there are two functions '{function.Domain}.{function.Name}'. Export the model again.");
            _functions.Add(key, function);
        }
    }

    /// <summary>The function that a node calls; null when it is an operator.</summary>
    public FunctionProto? Find(NodeProto node) =>
        _functions.TryGetValue((OpsetImports.Normalize(node.Domain), node.OpType, node.Overload), out FunctionProto? function) ? function : null;

    /// <summary>Makes the model import the operator sets that a function needs and the model lacks.</summary>
    public void Import(FunctionProto function, IList<OperatorSetIdProto> imports)
    {
        if (!_imported.Add(function))
            return;
        foreach (OperatorSetIdProto needed in function.OpsetImport)
        {
            string domain = OpsetImports.Normalize(needed.Domain);
            if (imports.All(import => OpsetImports.Normalize(import.Domain) != domain))
                imports.Add(needed.Clone());
        }
    }
}
