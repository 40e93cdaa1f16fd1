namespace LoraEdge;

/// <summary>Where the frozen A of every target comes from. The same source gives the same A, bit for bit, everywhere.</summary>
public interface IProjectionSource
{
    /// <summary>The kind that adapters trained with this source name.</summary>
    ProjectionKind Kind { get; }

    /// <summary>The number that identifies this source among those of its kind: see <see cref="Projection.Seed"/>.</summary>
    ulong Seed { get; }

    /// <summary>The one model that this source was made for, or null when it serves every model.</summary>
    ModelFingerprint? Model { get; }

    /// <summary>A of one weight, shape <c>(r, in)</c>, row-major, every row of unit L2 norm. The array is the caller's.</summary>
    /// <param name="weight">The weight that is adapted.</param>
    /// <param name="rank">Rank r, from 1 to <see cref="AdapterLimits.MaxRank"/>.</param>
    /// <exception cref="InvalidOptionsException">The source has no such A: an unknown weight, another width or too high a rank.</exception>
    float[] A(AdaptableWeight weight, int rank);
}
