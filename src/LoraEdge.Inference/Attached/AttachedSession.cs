using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>
/// One ONNX Runtime session for many players at once: every adapted layer adds <c>s*(x*A^T)*B^T</c>, where A is the projection that
/// they all share and B comes from a table with a row for each player. A new player, or a new adapter of one, is served at once,
/// without another session, and each row of a batch can be another player's. Runs on any thread, several at a time, also while
/// players are added, replaced and removed.
/// </summary>
/// <remarks>
/// A row of the batch is an element along the first axis of the first input. Rows of the base in a batch with others have 0 added
/// to every layer's result, which keeps its bits (only -0 becomes 0); that they then equal the base's output in the last bit
/// too holds where ONNX Runtime has nothing to fuse across the place of the addition. A run of base rows alone is the base session's.
/// </remarks>
public sealed class AttachedSession : IDisposable
{
    /// <summary>The number of the player without an adapter.</summary>
    public const int Base = 0;

    private readonly ServingModel _model;
    private readonly AttachedAdapters _adapters;
    private readonly SessionRunner _runner;
    private readonly PlayerTables _tables;
    private readonly ModelInputs _inputs;
    private readonly string? _mixesRows;

    /// <summary>Opens the session, on the calling thread, and finds out on made-up inputs whether rows of a batch stay apart.</summary>
    /// <param name="model">The frozen model; borrowed, and disposed after this session.</param>
    /// <param name="projection">Where A comes from: of all adapters that are to be served.</param>
    /// <param name="rank">Their rank. Default: 1.</param>
    /// <param name="layers">The layers that they may change; null for those that training adapts by default.</param>
    /// <param name="players">For how many players there is room at first; the tables double when they are full. Default: 15.</param>
    /// <param name="example">Inputs that the model is known to take, for sizes that it leaves open; null for none.</param>
    /// <exception cref="AdapterMismatchException">The projection was made for another model.</exception>
    /// <exception cref="InvalidOptionsException">
    /// A layer can only be served merged (a recurrent weight, or one that an operator reads whole), the projection has no A for it, or a number is out of range.
    /// </exception>
    /// <exception cref="ModelFormatException">ONNX Runtime refuses the model.</exception>
    public AttachedSession(
        ServingModel model,
        IProjectionSource projection,
        int rank = 1,
        IReadOnlyList<AdaptableLayer>? layers = null,
        int players = 15,
        IReadOnlyDictionary<string, HostTensor>? example = null)
    {
        if (rank is < 1 or > AdapterLimits.MaxRank || players < 0)
            throw new InvalidOptionsException($"An attached session cannot have rank {rank} and room for {players} players; give it a rank from 1 to {AdapterLimits.MaxRank}, and room for 0 or more.");
        _model = model;
        _adapters = new AttachedAdapters(model, projection, rank, layers ?? LayerSelection.Choose(AdaptableLayers.Find(model.Model.Graph), [], []).Layers);
        AttachedModel attached = model.Model.WithTables([.. _adapters.Layers.Zip(_adapters.Matrices, (layer, a) => new LayerProjection(layer, a))], rank);
        int[] sizes = [.. _adapters.Layers.Select(layer => checked(layer.OutFeatures * rank))];
        BytesPerPlayer = sizes.Sum(size => (long)size * sizeof(float));
        _tables = new PlayerTables(model.Model.Name, sizes, attached, players);
        _inputs = new ModelInputs(model.Model);
        try
        {
            _runner = new SessionRunner(model.Model, attached.Model, model.Settings, model.Weights, "Where the message is about shapes, the rows of a layer are no multiple of the batch's, or there are none. ");
            _mixesRows = RowProbe.Objection(model, _runner, _adapters, attached, rank, example);
        }
        catch
        {
            _runner?.Close();
            _tables.Dispose();
            throw;
        }
    }

    /// <summary>The layers that adapters may change, in ascending order of their initializer index.</summary>
    public IReadOnlyList<AdaptableLayer> Layers => _adapters.Layers;

    /// <summary>The execution provider that runs it, and why those that were preferred do not.</summary>
    public ProviderChoice Provider => _runner.Provider;

    /// <summary>Memory of one player's B, in bytes.</summary>
    public long BytesPerPlayer { get; }

    /// <summary>Whether one batch can serve several players; false where the model is known to mix rows, or nothing could be found out.</summary>
    public bool ServesMixedBatches => _mixesRows is null;

    /// <summary>Adds a player.</summary>
    /// <param name="adapter">The player's adapter; not kept.</param>
    /// <returns>The player's number, which is nobody else's as long as the session lives.</returns>
    /// <exception cref="AdapterMismatchException">The adapter is for another model, projection, rank or shape, or is not finite.</exception>
    /// <exception cref="InvalidOptionsException">The tables are as large as they can be.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public int Add(Adapter adapter) => _tables.Add(_adapters.Scaled(adapter));

    /// <summary>Gives a player another adapter: runs that begin afterwards are served with it.</summary>
    /// <param name="player">The player's number.</param>
    /// <param name="adapter">The adapter; not kept.</param>
    /// <exception cref="AdapterMismatchException">The adapter is for another model, projection, rank or shape, or is not finite. The present one stays.</exception>
    /// <exception cref="InvalidInputException">There is no such player, or not any more.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public void Replace(int player, Adapter adapter) => _tables.Replace(player, _adapters.Scaled(adapter));

    /// <summary>Adds a player who is served by sessions of one player, and removed with this one.</summary>
    /// <param name="adapter">The player's adapter.</param>
    /// <exception cref="AdapterMismatchException">The adapter is for another model, projection, rank or shape, or is not finite.</exception>
    /// <exception cref="InvalidOptionsException">The tables are as large as they can be.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    internal AttachedPlayer Open(Adapter adapter) => new(this, _runner, _tables, Add(adapter)) { Adapter = adapter };

    /// <summary>Removes a player. Runs that begin afterwards serve the number with the base.</summary>
    /// <param name="player">The player's number.</param>
    /// <returns>False when the player was removed before, or is the base.</returns>
    /// <exception cref="InvalidInputException">The number was never given to anybody.</exception>
    public bool Remove(int player) => _tables.Remove(player);

    /// <summary>Computes every output, all rows for one player.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call, and not to be changed during it.</param>
    /// <param name="player">The player's number; <see cref="Base"/> for the base.</param>
    /// <returns>The outputs by name, in memory of their own.</returns>
    /// <exception cref="DeviceLostException">The device that it runs on went away.</exception>
    /// <exception cref="InvalidInputException">The inputs do not fit the model, or the number was never given to anybody.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute an output.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model was disposed.</exception>
    public IReadOnlyDictionary<string, HostTensor> Run(IReadOnlyDictionary<string, HostTensor> inputs, int player)
    {
        ReadOnlySpan<int> one = [player];
        return Run(inputs, one);
    }

    /// <summary>Computes every output, each row of the batch for a player of its own.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call, and not to be changed during it.</param>
    /// <param name="players">The number of each row's player.</param>
    /// <returns>The outputs by name, in memory of their own.</returns>
    /// <exception cref="DeviceLostException">The device that it runs on went away.</exception>
    /// <exception cref="InvalidInputException">
    /// The inputs do not fit the model, the first input has another number of rows, a number was never given to anybody, or the model mixes the rows of a batch.
    /// </exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute an output.</exception>
    /// <exception cref="ObjectDisposedException">The session or its model was disposed.</exception>
    public IReadOnlyDictionary<string, HostTensor> RunBatch(IReadOnlyDictionary<string, HostTensor> inputs, ReadOnlySpan<int> players)
    {
        if (_mixesRows is not null)
            throw new InvalidInputException($"{_model.Model.Name} cannot serve several players in one batch: {_mixesRows} Run each player's rows alone.");
        _inputs.Require(inputs);
        if (_inputs.RowsOf(inputs) is var rows && (rows != players.Length || rows == 0))
            throw new InvalidInputException($"{players.Length} players were given for {rows} rows of {_model.Model.Name}; give one player for each row, and one row or more.");
        return Run(inputs, IsOne(players) ? players.Slice(0, 1) : players);
    }

    /// <summary>Releases session and tables, as soon as the runs in progress have ended. The model stays.</summary>
    public void Dispose()
    {
        _tables.Dispose();
        _runner.Close();
    }

    private IReadOnlyDictionary<string, HostTensor> Run(IReadOnlyDictionary<string, HostTensor> inputs, ReadOnlySpan<int> players)
    {
        using TableRead read = _tables.Read(players);
        _inputs.Require(inputs);

        // Nodes that cut values into rows have nothing to cut where there are none.
        if (read.Feed is not { } feed || _inputs.RowsOf(inputs) == 0)
            return _model.RunBase(inputs);
        if (!_runner.TryEnter())
            throw new ObjectDisposedException(nameof(AttachedSession));
        try
        {
            return _runner.Run(inputs, feed, CancellationToken.None);
        }
        finally
        {
            _runner.Leave();
        }
    }

    private static bool IsOne(ReadOnlySpan<int> players)
    {
        foreach (int player in players)
        {
            if (player != players[0])
                return false;
        }

        return players.Length > 0;
    }
}
