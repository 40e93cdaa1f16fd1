namespace LoraEdge.Training.Records;

/// <summary>What records must have in common to be trained in one batch.</summary>
internal static class RecordShape
{
    /// <summary>Names and shapes of the inputs as text; equal for records that can be concatenated.</summary>
    public static string Of(Interaction record) => record.Inputs.Count == 1
        ? Describe(record.Inputs.First())
        : string.Join(";", record.Inputs.OrderBy(input => input.Key, StringComparer.Ordinal).Select(Describe));

    private static string Describe(KeyValuePair<string, HostTensor> input) => $"{input.Key}[{string.Join(",", input.Value.Shape)}]";
}
