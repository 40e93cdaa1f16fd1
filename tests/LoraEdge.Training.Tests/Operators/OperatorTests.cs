using LoraEdge.Training.Execution;

namespace LoraEdge.Training.Tests.Operators;

/// <summary>Every operator against ONNX Runtime.</summary>
public sealed class OperatorTests
{
    internal static OperatorCase[] Cases { get; } =
    [
        .. ArithmeticCases.All(), .. FunctionCases.All(), .. LogicCases.All(), .. ActivationCases.All(), .. ReductionCases.All(), .. LossCases.All(),
        .. ProductCases.All(), .. NormalizationCases.All(), .. ShapeCases.All(), .. PartCases.All(), .. IndexCases.All(), .. SelectionCases.All(),
        .. FillCases.All(), .. ConditionalCases.All(), .. TypeCases.All(), .. RecurrentCases.All(), .. QuantizedCases.All(), .. ContractionCases.All(),
        .. TransformerCases.All(), .. AttentionCases.All(), .. MultiHeadCases.All(), .. GroupQueryCases.All(),
        .. ConvolutionCases.All(), .. PoolingCases.All(), .. ChannelNormalizationCases.All(), .. PaddingCases.All(), .. ResizeCases.All(), .. SamplingCases.All(),
    ];

    [TestCaseSource(nameof(Cases))]
    public void Executor_RunsANode_AsOnnxRuntimeDoes(object node) => ((OperatorCase)node).AssertAsOnnxRuntime();

    [Test]
    public void EveryRegisteredForm_OfEveryOperator_IsAmongTheCases()
    {
        var registered = OperatorTable.Default.Forms.GroupBy(form => (form.Domain, form.OpType), form => form.Since);
        string[] missing =
        [
            .. from forms in registered
               from since in forms
               let next = forms.Where(other => other > since).DefaultIfEmpty(long.MaxValue).Min()
               where !Cases.Concat(RandomNumbersTests.Cases).Any(node => (node.Domain, node.Operator) == forms.Key && node.OpsetOfDomain >= since && node.OpsetOfDomain < next)
               select $"{forms.Key.Domain} {forms.Key.OpType} since {since}",
        ];

        Assert.That(missing, Is.Empty);
    }
}
