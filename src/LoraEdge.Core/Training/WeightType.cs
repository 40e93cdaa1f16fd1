namespace LoraEdge;

/// <summary>Floating-point types that frozen weights can be held in.</summary>
public enum WeightType
{
    /// <summary>32 bits, as the model stores them.</summary>
    Float32,

    /// <summary>16 bits with 10 of precision, up to 65,504.</summary>
    Float16,

    /// <summary>16 bits with 7 of precision and the range of float32.</summary>
    BFloat16,
}
