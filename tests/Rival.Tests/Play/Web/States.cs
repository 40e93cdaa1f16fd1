using Rival.Play;

namespace Rival.Tests.Play.Web;

/// <summary>States that only their number tells apart.</summary>
internal static class States
{
    internal static PlayState Numbered(long seq, int padding = 0) => new(
        seq,
        new GameState("8/8/8/8/8/8/8/8 w - - 0 1", "w", [], null, false, [], null, null, "w", false, OpponentChoice.Base, 1, true),
        new MindState(null, null, new ScoreState(0, 0, 0)),
        new ArrowState([], null),
        new ProfileState("Player", "player", 0, null),
        [],
        new TrainingState("collecting", 0, 0, false, "CPU", new string('.', padding), null, null, 0),
        [],
        new FramesState(new FrameState(0, 0, 0, 0), new FrameState(0, 0, 0, 0), []),
        null,
        null,
        null,
        []);
}
