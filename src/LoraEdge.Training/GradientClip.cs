namespace LoraEdge.Training;

/// <summary>Clipping of gradients by their global norm (Pascanu, Mikolov and Bengio 2013, arXiv:1211.5063).</summary>
internal static class GradientClip
{
    /// <summary>Factor on every gradient that brings their norm down to a bound; 1 when it is within it.</summary>
    public static double Factor(double norm, double bound) => norm > bound ? bound / norm : 1;
}
