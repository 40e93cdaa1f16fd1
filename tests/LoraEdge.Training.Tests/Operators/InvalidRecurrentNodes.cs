namespace LoraEdge.Training.Tests.Operators;

/// <summary>LSTM, GRU and RNN nodes that break their operator's rules.</summary>
internal static class InvalidRecurrentNodes
{
    public static IEnumerable<OperatorCase> All() =>
    [
        new OperatorCase("RNN").Feed(2, 4).Feed(1, 3, 4).Feed(1, 3, 3),
        new OperatorCase("RNN").Feed(2, 2, 4).Feed(1, 3, 4).Feed(3, 3),
        new OperatorCase("RNN").Feed(2, 2, 4).Feed(1, 3, 5).Feed(1, 3, 3),
        new OperatorCase("RNN").Feed(2, 2, 4).Feed(1, 3, 4).Feed(1, 3, 3).With("hidden_size", 2),
        new OperatorCase("RNN").Feed(2, 2, 4).Feed(1, 3, 4).Feed(1, 3, 3).With("direction", "bidirectional"),
        new OperatorCase("RNN").Feed(2, 2, 4).Feed(1, 3, 4).Feed(1, 3, 3).With("activations", new[] { "Tanh", "Tanh" }),
        new OperatorCase("RNN").Feed(0, 2, 4).Feed(1, 3, 4).Feed(1, 3, 3),
        new OperatorCase("RNN").Feed(2, 2, 4).Feed(1, 3, 4),
        new OperatorCase("RNN").Feed((1 << 16) + 1, 1, 1).Feed(1, 1, 1).Feed(1, 1, 1),
        new OperatorCase("GRU").Feed(2, 2, 4).Feed(1, 3, 4).Feed(1, 3, 3),
        new OperatorCase("LSTM").Feed(2, 2, 4).Feed(1, 12, 4).Feed(1, 12, 3).Feed(1, 12),
        new OperatorCase("LSTM").Feed(2, 2, 4).Feed(1, 12, 4).Feed(1, 12, 3).Omit().Feed(HostTensor.From([2, 2, 2], 3)),
        new OperatorCase("LSTM").Feed(2, 2, 4).Feed(1, 12, 4).Feed(1, 12, 3).Omit().Feed(2),
        new OperatorCase("LSTM").Feed(2, 2, 4).Feed(1, 12, 4).Feed(1, 12, 3).Omit().Omit().Feed(1, 3, 3),
        new OperatorCase("LSTM").Feed(2, 2, 4).Feed(1, 12, 4).Feed(1, 12, 3).Omit().Omit().Omit().Feed(1, 2, 2),
        new OperatorCase("LSTM").Feed(2, 2, 4).Feed(1, 12, 4).Feed(1, 12, 3).Outputs(4),
    ];
}
