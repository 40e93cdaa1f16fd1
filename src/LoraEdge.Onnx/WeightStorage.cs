namespace LoraEdge.Onnx;

/// <summary>How the matrix <c>(out, in)</c> of a layer lies in the tensor that the model stores.</summary>
public enum WeightStorage
{
    /// <summary>A matrix <c>(in, out)</c>, as MatMul multiplies with it.</summary>
    InByOut,

    /// <summary>A matrix <c>(out, in)</c>: a Gemm with <c>transB</c>, or a weight behind a Transpose.</summary>
    OutByIn,

    /// <summary>
    /// A convolution's kernel <c>(out, in/groups, k...)</c>: the matrix's columns are all axes but the first, flattened. Behind
    /// a Transpose the axes are stored in another order, see <see cref="AdaptableLayer.Axes"/>.
    /// </summary>
    Kernel,

    /// <summary>One direction of a recurrent weight <c>[directions, out, in]</c>, out being all gates.</summary>
    Direction,

    /// <summary>A matrix <c>(out, in)</c> whose rows are packed in blocks of 4- or 8-bit integers, as MatMulNBits of com.microsoft reads it.</summary>
    Blocks,
}
