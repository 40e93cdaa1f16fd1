using System.Text.Json;

namespace LoraEdge.Cli.Verification;

/// <summary>Recorded inputs and outputs of a model.</summary>
internal sealed class ReferenceFile
{
    private const long MaxBytes = 1L << 30;

    private static readonly Dictionary<string, TensorElementType> s_types = new(StringComparer.Ordinal)
    {
        ["float32"] = TensorElementType.Float32,
        ["float16"] = TensorElementType.Float16,
        ["int64"] = TensorElementType.Int64,
        ["int32"] = TensorElementType.Int32,
        ["int8"] = TensorElementType.Int8,
        ["uint8"] = TensorElementType.UInt8,
        ["bool"] = TensorElementType.Boolean,
    };

    private readonly Dictionary<string, HostTensor> _inputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HostTensor> _outputs = new(StringComparer.Ordinal);
    private readonly List<string> _others = [];

    private ReferenceFile(string name) => Name = name;

    /// <summary>File name, for messages.</summary>
    public string Name { get; }

    /// <summary>The model's inputs by name.</summary>
    public IReadOnlyDictionary<string, HostTensor> Inputs => _inputs;

    /// <summary>What is expected of the model, by name of the value, in the file's order.</summary>
    public IReadOnlyDictionary<string, HostTensor> Outputs => _outputs;

    /// <summary>Outputs of types that are not compared.</summary>
    public IReadOnlyList<string> OtherOutputs => _others;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidInputException">It is missing, unreadable, or not a reference.</exception>
    public static ReferenceFile Load(string path)
    {
        var reference = new ReferenceFile(Path.GetFileName(path));
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw new InvalidInputException($"{reference.Name} has more than {MaxBytes} bytes. Check that it is a reference file.");
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            reference.Read(document.RootElement);
            return reference;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidInputException($"The reference '{path}' cannot be read: {error.Message}", error);
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or OverflowException)
        {
            throw new InvalidInputException($"{reference.Name} is not a reference file: {error.Message} It is {{\"inputs\": {{name: {{\"type\", \"dims\", \"data\"}}}}, \"outputs\": {{...}}}}, data in base64.", error);
        }
    }

    private void Read(JsonElement root)
    {
        foreach (JsonProperty input in root.GetProperty("inputs").EnumerateObject())
            _inputs[input.Name] = TensorOf(input) ?? throw new InvalidInputException($"{Name}: the input '{input.Name}' is of type '{input.Value.GetProperty("type")}'; types are {string.Join(", ", s_types.Keys)}.");
        foreach (JsonProperty output in root.GetProperty("outputs").EnumerateObject())
        {
            if (TensorOf(output) is { } tensor)
                _outputs[output.Name] = tensor;
            else
                _others.Add(output.Name);
        }
    }

    private HostTensor? TensorOf(JsonProperty property)
    {
        if (!s_types.TryGetValue(property.Value.GetProperty("type").GetString() ?? "", out TensorElementType type))
            return null;
        long[] dims = [.. property.Value.GetProperty("dims").EnumerateArray().Select(size => size.GetInt64())];
        try
        {
            return new HostTensor(type, dims, property.Value.GetProperty("data").GetBytesFromBase64());
        }
        catch (InvalidInputException error)
        {
            throw new InvalidInputException($"{Name}, '{property.Name}': {error.Message}", error);
        }
    }
}
