namespace LoraEdge.TestKit;

/// <summary>What a loss of power does to changes that were not synced.</summary>
public enum Unsynced
{
    /// <summary>None of them is there.</summary>
    Lost,

    /// <summary>Each is there or not, drawn from a seed; a write may be there in part, with zeros behind it.</summary>
    Torn,

    /// <summary>All of them are there, as after the end of the process alone.</summary>
    Kept,
}
