namespace LoraEdge.Benchmarks.Serving;

/// <summary>A host that serves a model and keeps players' adapters in a folder, which goes with it.</summary>
internal sealed class ServingHost : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("loraedge-").FullName;
    private readonly MadeUpAdapters _adapters;
    private int _stored;

    /// <summary>Loads it.</summary>
    public ServingHost(ServedModel model)
    {
        string path = Path.Combine(_folder, "model.onnx");
        model.Model.Save(path);
        _adapters = new MadeUpAdapters(model.Model);
        Inputs = model.Inputs(1);
        Plugin = LoraEdgePlugin.Load(new LoraEdgeOptions
        {
            ModelPath = path,
            Objective = new Objective { ValueName = model.ScoredValue },
            StorageFolder = Storage,
            Providers = [],
        });
    }

    /// <summary>The plugin.</summary>
    public LoraEdgePlugin Plugin { get; }

    /// <summary>Inputs of one row.</summary>
    public IReadOnlyDictionary<string, HostTensor> Inputs { get; }

    private string Storage => Path.Combine(_folder, "storage");

    /// <summary>Stores an adapter for a profile, as another device of the player's would, and opens the profile, which serves it.</summary>
    /// <param name="name">Name of the profile: lower-case letters, digits and hyphens.</param>
    public Profile Open(string name)
    {
        string path = Path.Combine(Storage, "profiles", name, "devices", "other.lora");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AdapterFile.Save(_adapters.Of(Interlocked.Increment(ref _stored)), path);
        Profile profile = Plugin.OpenProfile(name);
        return profile.Adapter is not null ? profile : throw new InvalidOptionsException($"The profile '{name}' does not serve the adapter that lies in '{path}'.");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Plugin.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
