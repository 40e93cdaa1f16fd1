using LoraEdge.Training.Execution;

namespace LoraEdge.Training.Tests.Execution;

/// <summary>Looking for libtorch before TorchSharp does.</summary>
public sealed class NativeLibtorchTests
{
    [Test]
    public void AFolderWithoutLibtorch_IsToldByName_WithWhatToDo()
    {
        using var folder = new TemporaryFolder();

        string? problem = NativeLibtorch.ProblemIn(folder.Root);

        Assert.That(problem, Does.Contain(folder.Root).And.Contain("LibTorchSharp").And.Contain("UsesTorch"));
    }

    [Test]
    public void TheFolderOfTheseTests_HasIt() => Assert.That(NativeLibtorch.ProblemIn(AppContext.BaseDirectory), Is.Null);
}
