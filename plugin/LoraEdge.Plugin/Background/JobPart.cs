namespace LoraEdge.Background;

/// <summary>What the next part of a job is like, up to its next yield.</summary>
internal enum JobPart
{
    /// <summary>Takes long and cannot be interrupted: reading a model, building a session, writing a file. Runs on the training thread.</summary>
    Lengthy,

    /// <summary>The same; what follows are slices of another kind, the first of which take far longer than the others.</summary>
    Preparation,

    /// <summary>One slice of training or scoring. Runs when the schedule allows it, on the training thread or within a tick.</summary>
    Slice,
}
