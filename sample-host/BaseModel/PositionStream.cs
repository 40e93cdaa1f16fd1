using LoraEdge;
using Rival.Chess;
using Rival.Policy;

namespace Rival.BaseModel;

/// <summary>
/// An endless stream of records from games in random order. Positions of many games wait in one pool and are drawn at
/// random, so that a batch is not made of neighbours.
/// </summary>
public sealed class PositionStream
{
    private const int PoolSize = 100_000;

    private readonly IReadOnlyList<PgnGame> _games;
    private readonly Random _random;
    private readonly List<Decision> _pool = new(PoolSize + 1000);
    private readonly int[] _order;
    private int _next;

    /// <summary>Prepares the stream.</summary>
    /// <param name="games">Games to draw from.</param>
    /// <param name="seed">Seed of the order.</param>
    public PositionStream(IReadOnlyList<PgnGame> games, int seed)
    {
        _games = games;
        _random = new Random(seed);
        _order = [.. Enumerable.Range(0, games.Count)];
        _random.Shuffle(_order);
    }

    /// <summary>Draws records.</summary>
    /// <param name="count">How many.</param>
    public List<Interaction> Take(int count)
    {
        var records = new List<Interaction>(count);
        while (records.Count < count)
            records.Add(Draw().ToRecord());
        return records;
    }

    private Decision Draw()
    {
        while (_pool.Count < PoolSize)
            _pool.AddRange(Decision.Of(NextGame()));
        int index = _random.Next(_pool.Count);
        Decision drawn = _pool[index];
        _pool[index] = _pool[^1];
        _pool.RemoveAt(_pool.Count - 1);
        return drawn;
    }

    private PgnGame NextGame()
    {
        if (_next == _order.Length)
        {
            _random.Shuffle(_order);
            _next = 0;
        }

        return _games[_order[_next++]];
    }
}
