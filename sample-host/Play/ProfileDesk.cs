using LoraEdge;
using Rival.Adaptation;

namespace Rival.Play;

/// <summary>An open profile: its place in the menu, its mind, and how well its moves were guessed since it was opened.</summary>
internal sealed class OpenProfile(ProfileEntry entry, RivalMind mind)
{
    public ProfileEntry Entry { get; set; } = entry;

    public RivalMind Mind { get; } = mind;

    public GuessScore Score { get; } = new();

    /// <summary>What adaptation decided last, in words; null before it decided anything.</summary>
    public string? LastDecision { get; set; }

    /// <summary>Whether its moves are recorded.</summary>
    public bool Learns => Entry.Kind == ProfileKind.Player;
}

/// <summary>Opens profiles beside the loop and keeps them open, so that a second switch costs one inference. For the loop's thread.</summary>
internal sealed class ProfileDesk(RivalIntegration integration, string folder, LoopTasks tasks)
{
    private const string FrozenId = "frozen";
    private const string FirstPlayer = "Player";

    private readonly AdapterFolder _adapters = new(folder);
    private readonly Dictionary<string, OpenProfile> _open = [];
    private readonly Dictionary<string, Action<OpenProfile>> _opening = [];

    /// <summary>The profile menu.</summary>
    public ProfileCatalogue Catalogue { get; } = ProfileCatalogue.Open(Path.Combine(folder, "rival-profiles.json"), integration.IsReadOnly);

    /// <summary>Raised when a profile has been opened for the first time.</summary>
    public event Action<OpenProfile>? Opened;

    /// <summary>Opens the profile of the frozen model: one that never records anything.</summary>
    public RivalMind OpenFrozen() => integration.Open(FrozenId);

    /// <summary>The first player who is open; where there is none, one that is opened at once. For a game that is loading, or has just forgotten somebody.</summary>
    public OpenProfile SomePlayer()
    {
        if (_open.Values.FirstOrDefault(open => open.Learns) is { } known)
            return known;
        ProfileEntry entry = Catalogue.Entries.FirstOrDefault(entry => entry.Kind == ProfileKind.Player && !_opening.ContainsKey(entry.Id))
            ?? Catalogue.Add(FirstPlayer, ProfileKind.Player) ?? throw new InvalidOperationException("The profile menu is full of profiles that nobody plays with.");
        return Keep(entry, Load(entry));
    }

    /// <summary>Hands over a profile: in this call if it is open, else in a later frame.</summary>
    /// <param name="entry">Which.</param>
    /// <param name="then">Given the profile.</param>
    /// <param name="failed">Told why it cannot be opened.</param>
    public void Get(ProfileEntry entry, Action<OpenProfile> then, Action<Exception> failed)
    {
        if (_open.TryGetValue(entry.Id, out OpenProfile? open))
            then(open);
        else if (!_opening.TryAdd(entry.Id, then))
            _opening[entry.Id] += then;
        else
            tasks.Start(() => Load(entry) is var mind ? () => Finish(entry, mind) : null!, error => Fail(entry, failed, error));
    }

    /// <summary>Stores an adapter of somebody else as a profile of its own, and puts it in the menu.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="file">Content of the file.</param>
    /// <param name="done">Given the profile.</param>
    /// <param name="failed">Told why not.</param>
    public void Import(string name, byte[] file, Action<ProfileEntry> done, Action<Exception> failed) => tasks.Start(
        () =>
        {
            Adapter adapter = AdapterFile.Read(file, name);
            if (adapter.Model != integration.Model)
                throw new AdapterMismatchException($"'{name}' was made for another model than the one that this game ships. Ask for one of the same version.");
            return () =>
            {
                ProfileEntry entry = Catalogue.Add(name, ProfileKind.Imported) ?? throw new InvalidInputException($"There are {ProfileCatalogue.MostProfiles} profiles; forget one first.");
                _adapters.Save(entry.Id, adapter);
                done(entry);
            };
        },
        failed);

    /// <summary>The adapter of a profile as a file, without a word on the device that it comes from; null when nothing was learned.</summary>
    public static byte[]? Export(OpenProfile profile) => profile.Mind.Profile.Adapter is { } adapter ? AdapterFile.Write(AdapterFolder.Bare(adapter)) : null;

    /// <summary>
    /// Removes all that is known of a profile, and its name. Waits for a step of training in progress and for the disk: the one
    /// thing that may take longer than a frame, since a player who says so wants to see it gone.
    /// </summary>
    public void Forget(OpenProfile profile)
    {
        profile.Mind.Profile.Forget();
        _open.Remove(profile.Entry.Id);
        profile.Mind.Dispose();
        Catalogue.Remove(profile.Entry);
    }

    /// <summary>Opens the profile's files. On any thread.</summary>
    private RivalMind Load(ProfileEntry entry)
    {
        if (entry.Kind == ProfileKind.Style)
            _adapters.Save(entry.Id, AdapterFile.Load(Style.All.First(style => style.Profile.Id == entry.Id).Path));
        return integration.Open(entry.Id);
    }

    private void Finish(ProfileEntry entry, RivalMind mind)
    {
        OpenProfile open = Keep(entry, mind);
        if (_opening.Remove(entry.Id, out Action<OpenProfile>? then))
            then(open);
    }

    private void Fail(ProfileEntry entry, Action<Exception> failed, Exception error)
    {
        _opening.Remove(entry.Id);
        failed(error);
    }

    private OpenProfile Keep(ProfileEntry entry, RivalMind mind)
    {
        OpenProfile open = _open[entry.Id] = new OpenProfile(entry, mind);
        Opened?.Invoke(open);
        return open;
    }
}
