namespace LoraEdge.Onnx;

/// <summary>A weight stored as integers that stand for real numbers.</summary>
internal interface IIntegerWeight
{
    /// <summary>Frobenius norm of the weight that the integers stand for.</summary>
    double Norm();
}
