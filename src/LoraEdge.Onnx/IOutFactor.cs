namespace LoraEdge.Onnx;

/// <summary>How the nodes of a layer's branch multiply with B: a constant of the graph, or rows of a table that is fed.</summary>
internal interface IOutFactor
{
    /// <summary><c>z*B^T</c>.</summary>
    /// <param name="use">The use beside which the branch stands.</param>
    /// <param name="z">Shape <c>(..., r)</c>.</param>
    /// <param name="frozen">The value of the result's shape.</param>
    /// <returns>Shape <c>(..., out)</c>.</returns>
    string Product(LayerUse use, string z, string frozen);

    /// <summary>Rows of B, times A.</summary>
    /// <param name="use">The use, of kind <see cref="LayerUseKind.Rows"/>.</param>
    /// <param name="a">A, shape <c>(r, in)</c>.</param>
    /// <param name="frozen">The value of the result's shape.</param>
    /// <returns>Shape <c>(..., in)</c>.</returns>
    string Rows(LayerUse use, string a, string frozen);

    /// <summary>B as a kernel of one pixel.</summary>
    /// <param name="use">The use, of kind <see cref="LayerUseKind.Convolution"/>.</param>
    /// <param name="z">Shape <c>(n, groups*r, ...)</c>.</param>
    /// <param name="groups">The convolution's groups.</param>
    /// <param name="frozen">The value of the result's shape.</param>
    /// <returns>Shape <c>(n, out, ...)</c>.</returns>
    string Kernel(LayerUse use, string z, int groups, string frozen);
}
