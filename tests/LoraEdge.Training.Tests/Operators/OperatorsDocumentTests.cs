using System.Text;
using LoraEdge.TestKit;
using LoraEdge.Training.Execution;
using NUnit.Framework;

namespace LoraEdge.Training.Tests.Operators;

/// <summary>docs/operators.md is generated from the table of operators.</summary>
public class OperatorsDocumentTests
{
    private const string UpdateVariable = "LORAEDGE_UPDATE_DOCS";

    [Test]
    public void OperatorsDocument_ListsWhatTheTableHolds()
    {
        string path = Repository.PathOf("docs/operators.md");
        string expected = Write(OperatorTable.Default);
        if (Environment.GetEnvironmentVariable(UpdateVariable) is not null)
            File.WriteAllText(path, expected);
        Assert.That(File.ReadAllText(path), Is.EqualTo(expected), $"docs/operators.md is stale; run this test with {UpdateVariable}=1 to write it.");
    }

    private static string Write(OperatorTable table)
    {
        var text = new StringBuilder("""
            # Operators

            What a model may use to be trained through. A model with any other operator on the way to its outputs is refused at load,
            with all such nodes listed at once, by a host that trains; `loraedge inspect` lists them beforehand. A host without a
            trainer loads it and is bound by ONNX Runtime's operators instead.

            Generated from the table in `src/LoraEdge.Training/Execution/OperatorTable.cs`; a test fails when this page is stale.

            | operator | forms, by the opset since which each is valid |
            |---|---|

            """);
        foreach (IGrouping<string, long> forms in table.Forms.GroupBy(form => form.Domain.Length == 0 ? form.OpType : $"{form.Domain}.{form.OpType}", form => form.Since).OrderBy(forms => forms.Key, StringComparer.Ordinal))
            text.Append($"| {forms.Key} | {string.Join(", ", forms.Order())} |\n");
        return text.ToString();
    }
}
