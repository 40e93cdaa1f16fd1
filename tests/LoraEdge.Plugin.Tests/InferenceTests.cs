using LoraEdge.Inference;

namespace LoraEdge.Plugin.Tests;

/// <summary>The ways in which a host asks a profile.</summary>
[NonParallelizable]
public sealed class InferenceTests
{
    private Host _host = null!;
    private LoraEdgePlugin _plugin = null!;
    private Profile _profile = null!;

    [SetUp]
    public void Load()
    {
        _host = new Host();
        string path = Path.Combine(_host.Storage, "profiles", "ada", "devices", "premade.lora");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AdapterFile.Save(RandomAdapter.For(_host.Model), path);
        _plugin = _host.Load();
        _profile = _plugin.OpenProfile("ada");
    }

    [TearDown]
    public void Close()
    {
        _plugin.Dispose();
        _host.Dispose();
    }

    [Test]
    public void Prepare_RunsWithThePlayersAdapter_WithoutGarbage()
    {
        using InferenceCall call = _profile.Prepare(Host.Input(1));
        Host.Input(7)["x"].AsSpan<float>().CopyTo(call.Input<float>("x"));
        call.WarmUp();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
            call.Run();

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(_profile.Adapter, Is.Not.Null);
        Assert.That(call.Outputs["logits"].Bytes, Is.EqualTo(Host.Answer(_profile)));
    }

    [Test]
    public void Prepare_WhatACallHolds_CanBeRecorded()
    {
        using InferenceCall call = _profile.Prepare(Host.Input(1));

        _profile.Record(call.Inputs, Target.Class(1));

        Assert.That(_profile.RecordCount, Is.EqualTo(1));
    }

    [Test]
    public async Task InferAsync_GivesWhatInferGives() =>
        Assert.That((await _profile.InferAsync(Host.Input(7)))["logits"].Bytes, Is.EqualTo(Host.Answer(_profile)));

    [Test]
    public void InferAsync_AlreadyCancelled_DoesNotRun() =>
        Assert.That(async () => await _profile.InferAsync(Host.Input(7), new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void Run_AfterTheProfileWasClosed_SaysSo()
    {
        using InferenceCall call = _profile.Prepare(Host.Input(1));
        _profile.Dispose();

        AssertClosed(call);
    }

    [Test]
    public void Run_AfterThePluginWasDisposed_SaysSo()
    {
        using InferenceCall call = _profile.Prepare(Host.Input(1));
        _plugin.Dispose();

        AssertClosed(call);
    }

    [Test]
    public void Provider_TellsWhoServes_AndWhyNobodyElseDoes()
    {
        using LoraEdgePlugin cpu = LoraEdgePlugin.Load(_host.Options() with { StorageFolder = null, Providers = [] });

        Assert.That(cpu.Provider.ToString(), Is.EqualTo("Serving on Cpu."));
        Assert.That(_plugin.Provider.Failures, Has.Count.EqualTo(_plugin.Provider.InUse.Provider == ProviderOptions.Default[0].Provider ? 0 : 1));
        Assert.That(_plugin.Provider.ToString(), Does.StartWith($"Serving on {_plugin.Provider.InUse.Provider}"));
    }

    [Test]
    public void Load_DeviceThatCannotBe_IsRefused() =>
        Assert.That(() => LoraEdgePlugin.Load(_host.Options() with { StorageFolder = null, Providers = [new ProviderOptions(ExecutionProvider.Cuda) { DeviceId = -1 }] }),
            Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("device -1"));

    private void AssertClosed(InferenceCall call)
    {
        Assert.That(call.Run, Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => _profile.Prepare(Host.Input(1)), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(async () => await _profile.InferAsync(Host.Input(1)), Throws.TypeOf<ObjectDisposedException>());
    }
}
