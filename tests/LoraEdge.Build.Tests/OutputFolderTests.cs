using System.Runtime.InteropServices;

using NUnit.Framework;

namespace LoraEdge.Build.Tests;

/// <summary>What the build put into this project's own output folder: the project opts in to both runtimes.</summary>
[Platform("Linux", Reason = "The step changes a Linux library, and the test reads Linux link counts.")]
public class OutputFolderTests
{
    static string Natives => Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");

    static string LibTorchSharp => Path.Combine(Natives, "libLibTorchSharp.so");

    static string PackagedLibTorchSharp => Directory
        .EnumerateFiles(Path.Combine(Repository.PackageRoot, "torchsharp"), "libLibTorchSharp.so", SearchOption.AllDirectories)
        .Single(path => path.Contains("0.107.0"));

    [Test]
    public void Natives_AreThoseOfThisSystemOnly() =>
        Assert.That(Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "runtimes")).Select(Path.GetFileName), Is.EqualTo(["linux-x64"]));

    [Test]
    public void LibTorchSharp_LoadsOnThisMachine()
    {
        nint library = NativeLibrary.Load(LibTorchSharp);

        Assert.That(NativeLibrary.GetExport(library, "THSTensor_matmul"), Is.Not.Zero);
    }

    [Test]
    public void LibTorchSharp_IsARealCopy_AndThePackageStaysAsItCame()
    {
        byte[] packaged = File.ReadAllBytes(PackagedLibTorchSharp), built = File.ReadAllBytes(LibTorchSharp);

        // Weakening what is still required proves that the package was never written through a link.
        Assert.That(new ElfImage(packaged).WeakenVersionNeed("libstdc++.so.6", "GLIBCXX_3.4.32"), Is.True);
        bool systemIsTooOld = !new ElfImage(File.ReadAllBytes(SystemLibrary.Find("libstdc++.so.6"))).DefinesVersion("GLIBCXX_3.4.32");
        Assert.That(built, Is.EqualTo(systemIsTooOld ? packaged : File.ReadAllBytes(PackagedLibTorchSharp)));
        Assert.That(LinkCount(LibTorchSharp), Is.EqualTo(1));
    }

    [Test]
    public void Libtorch_TakesNoSpaceOfItsOwn()
    {
        string libtorch = Path.Combine(Natives, "libtorch_cpu.so");

        Assert.That(LinkCount(libtorch) > 1 || new FileInfo(libtorch).LinkTarget is not null, Is.True, "libtorch_cpu.so is a copy of 460 MB");
    }

    /// <summary><c>stat</c> is in every Linux; .NET has no call for the number of hard links.</summary>
    static int LinkCount(string path)
    {
        using var stat = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%h", path]) { RedirectStandardOutput = true })!;
        string count = stat.StandardOutput.ReadToEnd();
        stat.WaitForExit();
        return int.Parse(count);
    }
}
