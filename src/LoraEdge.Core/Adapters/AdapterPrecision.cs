namespace LoraEdge;

/// <summary>How the numbers of B (and of an explicit A) are stored. The numbers are part of the file format.</summary>
public enum AdapterPrecision
{
    /// <summary>16-bit IEEE 754, rounded to nearest, ties to even: two bytes a value. The default.</summary>
    Float16 = 1,

    /// <summary>32-bit IEEE 754, exactly as trained: four bytes a value.</summary>
    Float32 = 2,
}
