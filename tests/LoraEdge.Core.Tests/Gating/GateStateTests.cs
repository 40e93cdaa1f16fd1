namespace LoraEdge.Tests.Gating;

/// <summary>Evidence survives a restart, and damaged state is refused.</summary>
public sealed class GateStateTests
{
    [TestCase(LossKind.CrossEntropy)]
    [TestCase(LossKind.Huber)]
    public void Gate_ReadBack_GoesOnAsIfNothingHadHappened(LossKind loss)
    {
        PromotionGate gate = Used(loss), copy = PromotionGate.Read(gate.Write(), loss);
        Assert.That(copy.Shadow, Is.EqualTo(gate.Shadow));
        Assert.That((copy.Promotions, copy.Rejections, copy.RejectionsInRow, copy.LastRejection), Is.EqualTo((1, 2, 2, RejectionReason.Dropped)));
        Feed(gate, 7, 300);
        Feed(copy, 7, 300);
        Assert.That(copy.Write(), Is.EqualTo(gate.Write()));
    }

    [Test]
    public void StoppedGate_ReadBack_CountsOn()
    {
        var gate = new PromotionGate(LossKind.CrossEntropy);
        while (!gate.IsStopped)
            gate.Drop();
        gate.CountWhileStopped(1999);
        Assert.That(PromotionGate.Read(gate.Write(), LossKind.CrossEntropy).CountWhileStopped(1), Is.True);
    }

    [TestCase(LossKind.CrossEntropy, null)]
    [TestCase(LossKind.CrossEntropy, 1e9)]
    [TestCase(LossKind.MeanSquaredError, null)]
    public void Monitor_ReadBack_GoesOnAsIfNothingHadHappened(LossKind loss, double? promotedOn)
    {
        RollbackMonitor monitor = new(loss, promotedOn: promotedOn), copy;
        Feed(monitor, 1, 100);
        copy = RollbackMonitor.Read(monitor.Write(), loss);
        Assert.That((copy.Mean, copy.Evidence, copy.EffectiveRecords), Is.EqualTo((monitor.Mean, monitor.Evidence, monitor.EffectiveRecords)));
        Feed(monitor, 2, 100);
        Feed(copy, 2, 100);
        Assert.That(copy.Write(), Is.EqualTo(monitor.Write()));
    }

    [Test]
    public void State_OfTheOtherKindOrUnit_IsRefused()
    {
        byte[] gate = Used(LossKind.CrossEntropy).Write(), monitor = new RollbackMonitor(LossKind.Huber).Write();
        Assert.That(() => PromotionGate.Read(monitor, LossKind.Huber), Throws.TypeOf<AdapterFormatException>());
        Assert.That(() => RollbackMonitor.Read(gate, LossKind.CrossEntropy), Throws.TypeOf<AdapterFormatException>());
        Assert.That(() => PromotionGate.Read(gate, LossKind.Huber), Throws.TypeOf<AdapterFormatException>().With.Message.Contains("unit"));
        Assert.That(() => RollbackMonitor.Read(monitor, LossKind.CrossEntropy), Throws.TypeOf<AdapterFormatException>().With.Message.Contains("unit"));
    }

    [Test]
    public void State_CutAnywhere_IsRefused()
    {
        byte[] state = Used(LossKind.Huber).Write();
        for (int length = 0; length < state.Length; length += 7)
            Assert.That(() => PromotionGate.Read(state.AsMemory(0, length), LossKind.Huber), Throws.TypeOf<AdapterFormatException>());
    }

    /// <summary>Mutations with a checksum that fits, so that they reach the fields.</summary>
    [Test]
    public void State_AlteredAndSealedAgain_IsReadOrRefusedByTypeAndNothingElse()
    {
        byte[] gate = Used(LossKind.Huber).Write(), monitor = new RollbackMonitor(LossKind.Huber).Write();
        var random = new Random(3);
        for (int i = 0; i < 5000; i++)
        {
            byte[] altered = Alter(i % 2 == 0 ? gate : monitor, random);
            try
            {
                Use(altered, isGate: i % 2 == 0);
            }
            catch (AdapterFormatException)
            {
            }
        }
    }

    private static void Use(byte[] state, bool isGate)
    {
        if (isGate)
            Feed(PromotionGate.Read(state, LossKind.Huber), 1, 3);
        else
            Feed(RollbackMonitor.Read(state, LossKind.Huber), 1, 3);
    }

    private static byte[] Alter(byte[] state, Random random)
    {
        byte[] altered = [.. state];
        for (int i = random.Next(1, 4); i > 0; i--)
            altered[random.Next(19, altered.Length - 5)] = (byte)random.Next(256);
        uint crc = System.IO.Hashing.Crc32.HashToUInt32(altered.AsSpan(0, altered.Length - 5));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(altered.AsSpan(altered.Length - 4), crc);
        return altered;
    }

    private static PromotionGate Used(LossKind loss)
    {
        var gate = new PromotionGate(loss);
        gate.Promoted();
        gate.Drop();
        gate.Drop();
        Feed(gate, 1, 60);
        return gate;
    }

    private static void Feed(PromotionGate gate, int seed, int records)
    {
        var random = new Random(seed);
        for (int i = 0; i < records; i++)
            gate.Add(random.NextDouble(), random.NextDouble(), random.NextDouble(), new RecordHash((ulong)random.Next(50), (ulong)random.Next(3)));
    }

    private static void Feed(RollbackMonitor monitor, int seed, int records)
    {
        var random = new Random(seed);
        for (int i = 0; i < records; i++)
            monitor.Add(random.NextDouble(), random.NextDouble(), new RecordHash((ulong)random.Next(50), (ulong)random.Next(3)));
    }
}
