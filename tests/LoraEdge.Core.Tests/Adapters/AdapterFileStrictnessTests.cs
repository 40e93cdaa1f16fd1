namespace LoraEdge.Tests.Adapters;

/// <summary>Each field made wrong by hand, with a right checksum.</summary>
public sealed class AdapterFileStrictnessTests
{
    [Test]
    public void TheHandMadeFile_IsWhatIsWritten() =>
        Assert.That(new RawAdapter().Build(), Is.EqualTo(AdapterFile.Write(Samples.Tiny())));

    private static IEnumerable<TestCaseData> WrongFields()
    {
        yield return Case("TooFewElements", "the file at byte 0", f => f.Header = [0x9a]);
        yield return Case("TooManyElements", "the file at byte 0", f => f.Header = [0x9c]);
        yield return Case("AMapInsteadOfAnArray", "type Map", f => f.Header = [0x8b]);
        yield return Case("VersionZero", "format version 0", f => f.Version = [0]);
        yield return Case("ShortFingerprint", "fingerprint", f => f.Fingerprint = [0xc4, 31, .. new byte[31]]);
        yield return Case("LongFingerprint", "fingerprint", f => f.Fingerprint = [0xc4, 33, .. new byte[33]]);
        yield return Case("TextFingerprint", "fingerprint", f => f.Fingerprint = [0xd9, 32, .. new byte[32]]);
        yield return Case("UnknownProjection", "projection kind is 4", f => f.Projection = [0x93, 4, 0, 0]);
        yield return Case("ShortProjection", "the projection at byte", f => f.Projection = [0x92, 1, 0]);
        yield return Case("WideCrc", "projection CRC", f => f.Projection = [0x93, 1, 0, 0xcf, 0, 0, 0, 1, 0, 0, 0, 0]);
        yield return Case("ExplicitWithSeed", "expected 0 and 0", f => f.Projection = [0x93, 3, 1, 0]);
        yield return Case("ExplicitWithoutA", "no A of its own", f => f.Projection = [0x93, 3, 0, 0]);
        yield return Case("RankZero", "the rank", f => f.Rank = [0]);
        yield return Case("Rank257", "the rank", f => f.Rank = [0xcd, 1, 1]);
        yield return Case("NegativeRank", "signed", f => f.Rank = [0xff]);
        yield return Case("NilRank", "type Nil", f => f.Rank = [0xc0]);
        yield return Case("DoubleScale", "32-bit float", f => f.Scale = [0xcb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]);
        yield return Case("IntegerScale", "the scale", f => f.Scale = [1]);
        yield return Case("ZeroScale", "scale is 0", f => f.Scale = RawAdapter.Float(0));
        yield return Case("InfiniteScale", "scale is", f => f.Scale = RawAdapter.Float(float.PositiveInfinity));
        yield return Case("UnknownPrecision", "the precision", f => f.Precision = [3]);
        yield return Case("NoTargets", "the targets", f => f.Targets = [0x80]);
        yield return Case("TooManyTargets", "the targets", f => f.Targets = [0xdf, 0, 1, 0, 1, .. new byte[140_000]]);
        yield return Case("MoreTargetsThanBytes", "the targets", f => f.Targets = [0xdf, 0xff, 0xff, 0xff, 0xff]);
        yield return Case("HighInitializerIndex", "an initializer index", f => f.Targets = [0x81, 0xce, 0, 1, 0, 0, 0xc4, 2, 0, 0]);
        yield return Case("EmptyPayload", "B of a target", f => f.Targets = [0x81, 7, 0xc4, 0]);
        yield return Case("OddPayload", "a multiple of 2", f => f.Targets = [0x81, 7, 0xc4, 3, 0, 0, 0]);
        yield return Case("PayloadLongerThanTheFile", "B of a target", f => f.Targets = [0x81, 7, 0xc6, 0x7f, 0xff, 0xff, 0xff]);
        yield return Case("PayloadOfFourGigabytes", "B of a target", f => f.Targets = [0x81, 7, 0xc6, 0xff, 0xff, 0xff, 0xff]);
        yield return Case("InfiniteB", "value 0 of B of initializer 7", f => f.Targets = [0x81, 7, 0xc4, 2, 0, 0x7c]);
        yield return Case("NaNInB", "value 1 of B of initializer 7", f => f.Targets = [0x81, 7, 0xc4, 4, 0, 0, 1, 0xfe]);
        yield return Case("DescendingTargets", "an initializer index", f => f.Targets = [0x82, 7, 0xc4, 2, 0, 0, 6, 0xc4, 2, 0, 0]);
        yield return Case("RepeatedTarget", "an initializer index", f => f.Targets = [0x82, 7, 0xc4, 2, 0, 0, 7, 0xc4, 2, 0, 0]);
        yield return Case("RankThatDoesNotDivideB", "for rank 2", f => f.Rank = [2]);
        yield return Case("ShortTraining", "the training summary", f => f.Training = [0x94, 0, 0, 0, .. RawAdapter.Float(0)]);
        yield return Case("HugeRecords", "training records", f => f.Training = [0x95, 0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. RawAdapter.Float(0), .. RawAdapter.Float(0)]);
        yield return Case("NaNLossWithHeldOut", "base loss", f => f.Training = [0x95, 1, 1, 1, 0xca, 0x7f, 0xc0, 0, 0, .. RawAdapter.Float(0)]);
        yield return Case("InfiniteLoss", "adapted loss", f => f.Training = [0x95, 1, 1, 0, .. RawAdapter.Float(0), .. RawAdapter.Float(float.NegativeInfinity)]);
        yield return Case("OtherNaN", "canonical form", f => f.Training = [0x95, 1, 1, 0, 0xca, 0xff, 0xc0, 0, 0, .. RawAdapter.Float(0)]);
        yield return Case("LongFormOfTheRank", "canonical form from byte", f => f.Rank = [0xcc, 1]);
        yield return Case("LongFormOfAnIndex", "canonical form", f => f.Targets = [0x81, 0xcd, 0, 7, 0xc4, 2, 0, 0]);
        yield return Case("LongFormOfALength", "canonical form", f => f.Targets = [0x81, 7, 0xc5, 0, 2, 0, 0]);
        yield return Case("LongFormOfACount", "canonical form", f => f.Targets = [0xde, 0, 1, 7, 0xc4, 2, 0, 0]);
        yield return Case("ExtraElement", "followed by more bytes", f => f.Extra = [0xce, 0, 0, 0, 0]);
        yield return Case("NestedWithoutEnd", "the checksum", f => f.Extra = Enumerable.Repeat((byte)0x91, 1_000_000).ToArray());
        yield return Case("NestedExtensions", "an extension number", f => f.Extensions = Enumerable.Repeat((byte)0x81, 1_000_000).ToArray());
    }

    [TestCaseSource(nameof(WrongFields))]
    public void AWrongField_IsNamed(object file, string saying) => AdapterAssert.IsRefused(((RawAdapter)file).Build(), saying);

    [Test]
    public void AFileLargerThanTheLimit_IsRefusedUnread() =>
        AdapterAssert.IsRefused(new byte[AdapterLimits.MaxFileBytes + 1], "at most 67108864");

    private static TestCaseData Case(string name, string saying, Action<RawAdapter> change)
    {
        var file = new RawAdapter();
        change(file);
        return new TestCaseData(file, saying).SetArgDisplayNames(name);
    }
}
