namespace LoraEdge.Benchmarks.Recording;

/// <summary>What recording costs.</summary>
/// <param name="MedianMicroseconds">Time of a call, in the middle.</param>
/// <param name="P99Microseconds">Time that 99% of the calls stay below.</param>
/// <param name="MaxMicroseconds">Longest call.</param>
/// <param name="BytesPerCall">What the calling thread allocated.</param>
/// <param name="Lost">Records for which there was no memory.</param>
/// <param name="Records">Calls.</param>
/// <param name="Missing">Records that were neither lost nor found again afterwards.</param>
/// <param name="Behind">Records that were not on disk yet when the last call returned: at most what an interval of the writer takes.</param>
/// <param name="BytesPerRecord">Bytes of a record on disk.</param>
internal sealed record RecordFigures(
    double MedianMicroseconds, double P99Microseconds, double MaxMicroseconds, double BytesPerCall, long Lost, int Records, long Missing, long Behind, double BytesPerRecord);
