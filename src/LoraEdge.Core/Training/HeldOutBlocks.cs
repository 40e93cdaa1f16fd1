namespace LoraEdge;

/// <summary>
/// Which records are held out, by their sequence number alone and so for ever: none that decides when a training stops is
/// ever trained on, in whatever session. Whole blocks of 16 consecutive records are, since neighbours resemble one another.
/// </summary>
public static class HeldOutBlocks
{
    /// <summary>Records of a block.</summary>
    public const int BlockSize = 16;

    // Of the seeds that put the first held-out block of a tenth at records 16 to 31, where a short log has it, the first.
    private const ulong Seed = 16;

    /// <summary>Whether a record is held out.</summary>
    /// <param name="sequenceNumber">How many records the profile had before it, those that are gone included; 0 or more.</param>
    /// <param name="share">
    /// About how much of all records is held out, from 0 to 1. Of every 1/share blocks in a row one is, at a place drawn by a
    /// hash, so that also a short log has some. A share that is changed later holds out records that were trained on.
    /// </param>
    public static bool Contains(long sequenceNumber, double share)
    {
        if (!(share > 0))
            return false;
        long block = sequenceNumber / BlockSize;
        for (long stratum = (long)(block * share) - 1; stratum <= (block + 1) * share; stratum++)
        {
            if (stratum >= 0 && (long)((stratum + UniformHash.Of((ulong)stratum, Seed)) / share) == block)
                return true;
        }

        return false;
    }
}
