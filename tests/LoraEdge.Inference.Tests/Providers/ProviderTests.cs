using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference.Tests;

/// <summary>Execution providers: what is tried, what each is told, and what serves where one is missing.</summary>
public sealed class ProviderTests
{
    private static readonly Dictionary<string, HostTensor> s_inputs = new() { ["x"] = HostTensor.From(Numbers.Normal(8 * 8, seed: 2), 8, 8) };
    private static readonly ExecutionProvider[] s_others = [ExecutionProvider.DirectML, ExecutionProvider.Cuda, ExecutionProvider.CoreML, ExecutionProvider.Xnnpack];

    [Test]
    public void Open_ByItself_ServesOnTheCpu()
    {
        using var session = new MergedSession(TinyModels.Policy());

        Assert.That(session.Provider.InUse.Provider, Is.EqualTo(ExecutionProvider.Cpu));
        Assert.That(session.Provider.ToString(), Is.EqualTo("Serving on Cpu."));
    }

    [Test]
    public void Open_WithProvidersThatThisBuildLacks_FallsBackToTheCpu_AndSaysWhyInOneLine()
    {
        ExecutionProvider[] missing = [.. s_others.Where(provider => !IsInThisBuild(provider))];
        if (missing.Length == 0)
            Assert.Ignore("This build of ONNX Runtime has every execution provider.");
        using var cpu = new MergedSession(TinyModels.Policy());
        using var session = new MergedSession(TinyModels.Policy(), settings: Preferring(missing));

        Assert.That(session.Provider.InUse.Provider, Is.EqualTo(ExecutionProvider.Cpu));
        Assert.That(session.Provider.Failures.Select(failure => failure.Tried.Provider), Is.EqualTo(missing));
        Assert.That(session.Provider.Failures.Select(failure => failure.Reason), Has.All.Not.Empty);
        Assert.That(session.Provider.ToString(), Does.StartWith("Serving on Cpu. Tried before: ").And.Not.Contain("\n"));
        Assert.That(session.Run(s_inputs)["logits"].Bytes, Is.EqualTo(cpu.Run(s_inputs)["logits"].Bytes));
    }

    [TestCaseSource(nameof(s_others))]
    public void Open_OnADevice_ComputesAsTheCpu(ExecutionProvider provider)
    {
        using var model = new ServingModel(TinyModels.Policy(), settings: Preferring(provider));
        if (model.Provider.InUse.Provider != provider)
            Assert.Ignore($"{model.Provider}");
        using AdapterSlot slot = model.Open();
        Adapter adapter = RandomAdapter.For(model.Model);
        slot.Publish(adapter);
        using InferenceCall call = slot.Prepare(s_inputs);
        call.Run();
        using var cpu = new ServingModel(TinyModels.Policy());
        using MergedSession expected = cpu.Build(adapter);

        float[] logits = expected.Run(s_inputs)["logits"].AsSpan<float>().ToArray();
        Assert.That(slot.Run(s_inputs)["logits"].AsSpan<float>().ToArray(), Is.EqualTo(logits).Within(1e-4));
        Assert.That(call.Output<float>("logits").ToArray(), Is.EqualTo(logits).Within(1e-4));
    }

    [Test]
    public void Open_DamagedModel_IsTheModelsFaultAndNoProviders() =>
        Assert.That(() => new MergedSession(Odd(), settings: Preferring(s_others)), Throws.TypeOf<ModelFormatException>().With.Message.Contains("cannot load odd.onnx"));

    [Test]
    public void Open_WhatFollowsTheCpu_IsNotTried()
    {
        using var session = new MergedSession(TinyModels.Policy(), settings: Preferring(ExecutionProvider.Cpu, ExecutionProvider.Cuda));

        Assert.That(session.Provider.Failures, Is.Empty);
    }

    [Test]
    public void Build_AfterTheBaseFellBack_DoesNotTryAgain()
    {
        if (IsInThisBuild(ExecutionProvider.Cuda))
            Assert.Ignore("This build of ONNX Runtime has CUDA.");
        using var model = new ServingModel(TinyModels.Policy(), settings: Preferring(ExecutionProvider.Cuda));
        using MergedSession session = model.Build(RandomAdapter.For(model.Model));

        Assert.That(model.Provider.Failures, Has.Count.EqualTo(1));
        Assert.That(session.Provider.Failures, Is.Empty);
        Assert.That(model.Runtime, Does.EndWith(", CPUExecutionProvider"));
    }

    [Test]
    public void Default_IsTheSystemsOwnAndThenTheCpu()
    {
        Assert.That(DefaultOn(OSPlatform.Windows), Is.EqualTo(new[] { ExecutionProvider.DirectML, ExecutionProvider.Cpu }));
        Assert.That(DefaultOn(OSPlatform.Linux), Is.EqualTo(new[] { ExecutionProvider.Cuda, ExecutionProvider.Cpu }));
        Assert.That(DefaultOn(OSPlatform.OSX), Is.EqualTo(new[] { ExecutionProvider.CoreML, ExecutionProvider.Cpu }));
        Assert.That(DefaultOn(OSPlatform.Create("IOS")), Is.EqualTo(new[] { ExecutionProvider.CoreML, ExecutionProvider.Cpu }));
        Assert.That(DefaultOn(OSPlatform.Create("ANDROID"), OSPlatform.Linux), Is.EqualTo(new[] { ExecutionProvider.Xnnpack, ExecutionProvider.Cpu }));
        Assert.That(DefaultOn(OSPlatform.FreeBSD), Is.EqualTo(new[] { ExecutionProvider.Cpu }));
    }

    [Test]
    public void Settings_OfCuda_NameTheDeviceAndKeepFloat32()
    {
        var provider = new ProviderOptions(ExecutionProvider.Cuda) { DeviceId = 1, Settings = new Dictionary<string, string> { ["gpu_mem_limit"] = "1000000" } };

        Assert.That(SessionProvider.Settings(provider), Is.EquivalentTo(new Dictionary<string, string> { ["device_id"] = "1", ["use_tf32"] = "0", ["gpu_mem_limit"] = "1000000" }));
        Assert.That(provider.ToString(), Is.EqualTo("Cuda device 1"));
    }

    [Test]
    public void Settings_OfTheHost_ComeBeforeTheDefaults()
    {
        var provider = new ProviderOptions(ExecutionProvider.CoreML) { Settings = new Dictionary<string, string> { ["ModelFormat"] = "NeuralNetwork" } };

        Assert.That(SessionProvider.Settings(new ProviderOptions(ExecutionProvider.CoreML))["ModelFormat"], Is.EqualTo("MLProgram"));
        Assert.That(SessionProvider.Settings(provider)["ModelFormat"], Is.EqualTo("NeuralNetwork"));
        Assert.That(SessionProvider.Settings(new ProviderOptions(ExecutionProvider.Xnnpack)), Is.Empty);
    }

    [Test]
    public void Append_DirectML_SwitchesMemoryPatternsOff()
    {
        using var options = new Microsoft.ML.OnnxRuntime.SessionOptions();
        try
        {
            SessionProvider.Append(options, new ProviderOptions(ExecutionProvider.DirectML));
        }
        catch (Exception error) when (error is EntryPointNotFoundException or OnnxRuntimeException)
        {
            // This build does not have it.
        }

        Assert.That(options.EnableMemoryPattern, Is.False);
        Assert.That(options.ExecutionMode, Is.EqualTo(ExecutionMode.ORT_SEQUENTIAL));
    }

    [TestCase(ExecutionProvider.Cuda, -1, "devices are numbered from 0")]
    [TestCase(ExecutionProvider.CoreML, 1, "no devices to choose from")]
    [TestCase((ExecutionProvider)17, 0, "There is no execution provider 17")]
    public void Open_DeviceThatCannotBe_IsRefused(ExecutionProvider provider, int device, string message)
    {
        var settings = new SessionSettings { Providers = [new ProviderOptions(provider) { DeviceId = device }] };

        Assert.That(() => new MergedSession(TinyModels.Policy(), settings: settings), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains(message));
    }

    [Test]
    public void Open_SettingsOfTheCpu_AreRefused()
    {
        var cpu = new ProviderOptions(ExecutionProvider.Cpu) { Settings = new Dictionary<string, string> { ["fast"] = "1" } };

        Assert.That(() => new MergedSession(TinyModels.Policy(), settings: new SessionSettings { Providers = [cpu] }),
            Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("was given 'fast'"));
    }

    [Test]
    public void Turn_IsHadByOneThreadAtATime()
    {
        Assert.That(ExecutionProvider.DirectML.RunsOneAtATime());
        Assert.That(ExecutionProvider.Cuda.RunsOneAtATime(), Is.False);
        object gate = new();
        int inside = 0, most = 0;
        Parallel.For(0, 1_000, _ =>
        {
            using var turn = new Turn(gate);
            most = Math.Max(most, Interlocked.Increment(ref inside));
            Interlocked.Decrement(ref inside);
        });

        Assert.That((inside, most), Is.EqualTo((0, 1)));
    }

    /// <summary>The way that calls take on a GPU, taken on the CPU.</summary>
    [Test]
    public void CallBinding_OfADeviceWithItsOwnMemory_GivesTheSameBits()
    {
        OnnxModel model = TinyModels.Policy();
        using var session = new MergedSession(model);
        using InferenceSession native = NativeSession.Open(model, new SessionSettings(), out _);
        Dictionary<string, HostTensor> inputs = new() { ["x"] = HostTensor.From(new float[8 * 8], 8, 8) };
        IReadOnlyDictionary<string, HostTensor> outputs = session.Run(inputs);
        using var call = new CallBinding(inputs, outputs, null);

        s_inputs["x"].AsSpan<float>().CopyTo(inputs["x"].AsSpan<float>());
        call.Run(native, Feed.None, hasOwnMemory: true);

        Assert.That(outputs["logits"].Bytes, Is.EqualTo(session.Run(s_inputs)["logits"].Bytes));
    }

    private static bool IsInThisBuild(ExecutionProvider provider) => OrtEnv.Instance().GetAvailableProviders().Contains(provider.NativeName());

    private static SessionSettings Preferring(params ExecutionProvider[] providers) => new() { Providers = [.. providers.Select(provider => new ProviderOptions(provider))] };

    private static ExecutionProvider[] DefaultOn(params OSPlatform[] system) => [.. ProviderOptions.For(system.Contains).Select(provider => provider.Provider)];

    private static OnnxModel Odd()
    {
        var builder = new GraphBuilder("odd.onnx").Opset("example.org", 1).Input("x", TensorElementType.Float32, 2);
        builder.Node("Frobnicate", ["x"], ["y"], domain: "example.org");
        return builder.Output("y", TensorElementType.Float32, 2).Build();
    }
}
