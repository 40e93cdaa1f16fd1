using NUnit.Framework;

namespace LoraEdge.Build.Tests;

/// <summary>Which packages a project references on which operating system.</summary>
public class NativeRuntimesTests
{
    const string SampleHost = "sample-host/Rival.csproj";
    const string Training = "src/LoraEdge.Training/LoraEdge.Training.csproj";
    const string Inference = "src/LoraEdge.Inference/LoraEdge.Inference.csproj";

    [Test]
    public void SampleHost_OnWindows_ReferencesCudaTorchAndDirectML()
    {
        EvaluatedProject host = EvaluatedProject.Load(SampleHost, "LoraEdgeOperatingSystem=Windows");

        Assert.That(host.Runtimes, Is.EquivalentTo(["TorchSharp-cuda-windows", "Microsoft.ML.OnnxRuntime.DirectML"]));
        Assert.That(host.Versions["TorchSharp-cuda-windows"], Is.EqualTo("0.107.0"));
        Assert.That(host.Versions["Microsoft.ML.OnnxRuntime.DirectML"], Is.EqualTo("1.23.0"));
    }

    [TestCase("Linux", "libtorch-cpu-linux-x64", TestName = "SampleHost_OnLinux_ReferencesCpuRuntimesOfLinuxOnly")]
    [TestCase("macOS", "libtorch-cpu-osx-arm64", TestName = "SampleHost_OnMacOS_ReferencesCpuRuntimesOfMacOSOnly")]
    public void SampleHost_Elsewhere_ReferencesCpuRuntimes(string system, string libtorch)
    {
        EvaluatedProject host = EvaluatedProject.Load(SampleHost, "LoraEdgeOperatingSystem=" + system, "LoraEdgeArchitecture=" + ArchitectureOf(libtorch));

        Assert.That(host.Runtimes, Is.EquivalentTo(["TorchSharp", libtorch, "Microsoft.ML.OnnxRuntime"]));
        Assert.That(host.Versions[libtorch], Is.EqualTo("2.10.0"));
        Assert.That(host.Versions["Microsoft.ML.OnnxRuntime"], Is.EqualTo("1.31.1"));
    }

    [TestCase("Windows", null, "TorchSharp-cuda-windows", "Microsoft.ML.OnnxRuntime.DirectML")]
    [TestCase("Linux", null, "TorchSharp", "Microsoft.ML.OnnxRuntime")]
    [TestCase("macOS", null, "TorchSharp", "Microsoft.ML.OnnxRuntime")]
    [TestCase("Windows", "cpu", "TorchSharp", "Microsoft.ML.OnnxRuntime")]
    [TestCase("Windows", "cuda", "TorchSharp-cuda-windows", "Microsoft.ML.OnnxRuntime.Gpu.Windows")]
    [TestCase("Linux", "cuda", "TorchSharp-cuda-linux", "Microsoft.ML.OnnxRuntime.Gpu.Linux")]
    public void SampleHost_OnEverySystem_HasManagedVersionEqualToNativeVersion(string system, string? flavour, string torch, string onnxRuntime)
    {
        string[] choice = flavour is null ? [] : ["LoraEdgeTorch=" + flavour, "LoraEdgeOnnxRuntime=" + flavour];
        EvaluatedProject host = EvaluatedProject.Load(
            SampleHost, ["LoraEdgeOperatingSystem=" + system, "LoraEdgeArchitecture=" + (system == "macOS" ? "arm64" : "x64"), .. choice]);

        Assert.That(host.Packages, Does.Contain(torch).And.Contain(onnxRuntime));
        Assert.That(host.Versions[torch], Is.EqualTo(host.Versions["TorchSharp"]));
        Assert.That(host.Versions[onnxRuntime], Is.EqualTo(host.Versions["Microsoft.ML.OnnxRuntime.Managed"]));
    }

    [Test]
    public void SampleHost_OnWindowsWithCpuAsked_ReferencesNeitherCudaNorDirectML()
    {
        EvaluatedProject host = EvaluatedProject.Load(
            SampleHost, "LoraEdgeOperatingSystem=Windows", "LoraEdgeTorch=cpu", "LoraEdgeOnnxRuntime=cpu", "LoraEdgeArchitecture=x64");

        Assert.That(host.Runtimes, Is.EquivalentTo(["TorchSharp", "libtorch-cpu-win-x64", "Microsoft.ML.OnnxRuntime"]));
    }

    [Test]
    public void SampleHost_WithRuntimeIdentifier_FollowsIt()
    {
        EvaluatedProject host = EvaluatedProject.Load(SampleHost, "RuntimeIdentifier=win-x64");

        Assert.That(host.Runtimes, Is.EquivalentTo(["TorchSharp-cuda-windows", "Microsoft.ML.OnnxRuntime.DirectML"]));
    }

    [Test]
    public void SampleHost_WithoutTorch_ReferencesOnnxRuntimeOnly(
        [Values("Windows", "Linux")] string system)
    {
        EvaluatedProject host = EvaluatedProject.Load(SampleHost, "UsesTorch=false", "LoraEdgeOperatingSystem=" + system, "LoraEdgeArchitecture=x64");

        Assert.That(host.Runtimes, Is.EqualTo([system == "Windows" ? "Microsoft.ML.OnnxRuntime.DirectML" : "Microsoft.ML.OnnxRuntime"]));
    }

    [Test]
    public void Training_OnEverySystem_ReferencesManagedTorchSharpOnly(
        [Values("Windows", "Linux", "macOS")] string system)
    {
        EvaluatedProject training = EvaluatedProject.Load(Training, "LoraEdgeOperatingSystem=" + system);

        Assert.That(training.Runtimes, Is.EqualTo(["TorchSharp"]));
        Assert.That(training.Versions["TorchSharp"], Is.EqualTo(training.Versions["TorchSharp-cuda-windows"]));
    }

    [Test]
    public void Inference_OnEverySystem_ReferencesManagedOnnxRuntimeOfTheOldestNative(
        [Values("Windows", "Linux", "macOS")] string system)
    {
        EvaluatedProject inference = EvaluatedProject.Load(Inference, "LoraEdgeOperatingSystem=" + system);

        Assert.That(inference.Runtimes, Is.EqualTo(["Microsoft.ML.OnnxRuntime.Managed"]));
        Assert.That(inference.Versions["Microsoft.ML.OnnxRuntime.Managed"], Is.EqualTo("1.23.0"));
    }

    [TestCase("LORA0001", "'BeOS'; it must be Windows, Linux or macOS", "LoraEdgeOperatingSystem=BeOS")]
    [TestCase("LORA0002", "'rocm'; it must be cpu or cuda", "LoraEdgeTorch=rocm")]
    [TestCase("LORA0003", "'rocm'; it must be cpu, directml or cuda", "LoraEdgeOnnxRuntime=rocm")]
    [TestCase("LORA0004", "no 'cuda' libtorch for macOS arm64", "LoraEdgeOperatingSystem=macOS", "LoraEdgeArchitecture=arm64", "LoraEdgeTorch=cuda")]
    [TestCase("LORA0004", "no 'cpu' libtorch for Linux arm64", "LoraEdgeOperatingSystem=Linux", "LoraEdgeArchitecture=arm64", "LoraEdgeTorch=cpu")]
    [TestCase("LORA0005", "no 'directml' ONNX Runtime for Linux x64", "LoraEdgeOperatingSystem=Linux", "LoraEdgeArchitecture=x64", "LoraEdgeOnnxRuntime=directml")]
    [TestCase("LORA0006", "Rival is a library", "OutputType=Library")]
    [TestCase("LORA0007", "RuntimeIdentifier is 'win-x64' but the native runtimes are for Linux x64", "RuntimeIdentifier=win-x64", "LoraEdgeOperatingSystem=Linux")]
    public void Build_WithImpossibleChoice_NamesItAndTheAlternatives(string code, string message, params string[] properties)
    {
        (int exitCode, string output) = MSBuild.Run(SampleHost, ["-t:CheckNativeRuntimes", .. properties.Select(property => "-p:" + property)]);

        Assert.That(exitCode, Is.Not.Zero);
        Assert.That(output, Does.Contain("error " + code).And.Contain(message));
    }

    static string ArchitectureOf(string libtorch) => libtorch[(libtorch.LastIndexOf('-') + 1)..];
}
