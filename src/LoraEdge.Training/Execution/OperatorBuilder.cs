namespace LoraEdge.Training.Execution;

/// <summary>
/// Prepares the operation of one node for known input shapes. Every check of ranks, sizes and attributes belongs here: the
/// operation itself calls into libtorch, where some errors end the process.
/// </summary>
internal delegate Operation OperatorBuilder(NodeContext node);
