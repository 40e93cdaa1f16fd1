using MessagePack;

namespace LoraEdge;

/// <summary>
/// Turns a difference of losses into a payoff. Differences of log-losses are in nats and stay as they are. All others are
/// divided by four times their typical size so far; the size comes from earlier records alone, so that the bet stays fair, and
/// the first few records only set it.
/// </summary>
internal sealed class PayoffScale(bool isLogLoss)
{
    private const int Learning = 8, Memory = 100;
    private const double Width = 4, Outlier = 10;

    private int _seen;
    private double _typical;

    /// <summary>The payoff; 0 while the size of differences is not known.</summary>
    public double Payoff(double difference)
    {
        if (isLogLoss)
            return difference;
        double payoff = _seen < Learning || _typical == 0 ? 0 : difference / (Width * _typical);
        Learn(Math.Abs(difference));
        return payoff;
    }

    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(_seen);
        writer.Write(_typical);
    }

    public static PayoffScale Read(ref FieldReader reader, bool isLogLoss) => new(isLogLoss)
    {
        _seen = reader.Int("the differences that set the scale", 0, Memory),
        _typical = reader.Double("the scale", 0, UsableLoss.Most),
    };

    /// <summary>A running mean; one outlier does not widen the scale for long.</summary>
    private void Learn(double size)
    {
        if (_seen >= Learning && _typical > 0)
            size = Math.Min(size, Outlier * _typical);
        _seen = Math.Min(_seen + 1, Memory);
        _typical += (size - _typical) / _seen;
    }
}
