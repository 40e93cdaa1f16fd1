using System.Runtime.CompilerServices;
using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests;

/// <summary>Numbers for libtorch live longer than the call that they are made for.</summary>
public sealed class NumberTests
{
    [OneTimeSetUp]
    public void LoadLibtorch() => NativeLibtorch.EnsureLoaded();

    [Test]
    public void TheSameNumber_IsMadeOnce()
    {
        Assert.That(Number.Of(0.37), Is.SameAs(Number.Of(0.37)));
        Assert.That(Number.Of(7), Is.SameAs(Number.Of(7)));
    }

    [Test]
    public void IntegersTruthValuesAndReals_StayApart()
    {
        Assert.That(Number.Of(1).Type, Is.EqualTo(ScalarType.Int64));
        Assert.That(Number.Of(1f).Type, Is.EqualTo(ScalarType.Float64));
        Assert.That(Number.Of(true).Type, Is.EqualTo(ScalarType.Bool));
        Assert.That(BitConverter.DoubleToInt64Bits(Number.Of(-0.0).ToDouble()), Is.Not.Zero);
        Assert.That(Number.Of(0.0), Is.Not.SameAs(Number.Of(-0.0)));
    }

    [TestCase(ScalarType.Float32)]
    [TestCase(ScalarType.Int64)]
    public void TheElementOfATensor_KeepsItsKind(ScalarType type)
    {
        using Tensor single = tensor(new[] { 3.0 }).to(type);

        Assert.That(Number.Of(single), Is.SameAs(type == ScalarType.Int64 ? Number.Of(3) : Number.Of(3.0)));
    }

    [Test]
    public void Results_AreThoseOfPlainNumbers()
    {
        using Tensor x = arange(-3, 3, 0.37, ScalarType.Float32), whole = arange(6, ScalarType.Int64);
        using Tensor scaled = x.mul(Number.Of(0.1f)), plainScaled = x.mul(0.1f), squared = x.pow(Number.Of(2)), plainSquared = x.square();
        using Tensor raised = whole.add(Number.Of(2), Number.One), plainRaised = whole.add(2);

        Assert.That(scaled.data<float>().ToArray(), Is.EqualTo(plainScaled.data<float>().ToArray()));
        Assert.That(squared.data<float>().ToArray(), Is.EqualTo(plainSquared.data<float>().ToArray()));
        Assert.That(raised.data<long>().ToArray(), Is.EqualTo(plainRaised.data<long>().ToArray()));
    }

    [Test]
    public void ANumberThatNobodyHolds_OutlivesACollection_UntilManyOthersWereMade()
    {
        WeakReference number = Made(0.7310585);

        MakeOthers(Number.Room);
        GC.Collect();
        Assert.That(number.IsAlive, Is.True);

        MakeOthers(2 * Number.Room);
        GC.Collect();
        Assert.That(number.IsAlive, Is.False);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Made(double value) => new(Number.Of(value));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeOthers(int count)
    {
        for (int other = 0; other < count; other++)
            Number.Of(1e6 * count + other);
    }
}
