namespace LoraEdge.Tests.Interactions;

public sealed class TargetTests
{
    [Test]
    public void AClass_HasOneIndexAndTheClassesThatWerePossible()
    {
        Target target = Target.Class(3, [1, 3, 5]);
        Assert.Multiple(() =>
        {
            Assert.That(target.Classes, Is.EqualTo(new long[] { 3 }));
            Assert.That(target.AllowedClasses, Is.EqualTo(new[] { 1, 3, 5 }));
            Assert.That(target.Values, Is.Null);
        });
    }

    [Test]
    public void ASequence_HasOneIndexPerPosition()
    {
        Target target = Target.Sequence(4, -100, 2);
        Assert.Multiple(() =>
        {
            Assert.That(target.Classes, Is.EqualTo(new long[] { 4, -100, 2 }));
            Assert.That(target.AllowedClasses, Is.Null);
        });
    }

    [Test]
    public void NoTarget_HasNothing()
    {
        Assert.That(Target.None.IsNone);
        Assert.That(Target.Class(0).IsNone, Is.False);
        Assert.That(Target.Regression(1).IsNone, Is.False);
    }

    [Test]
    public void ARegression_HasValuesAndNoClasses()
    {
        Target target = Target.Regression(0.5f, 2f);
        Assert.Multiple(() =>
        {
            Assert.That(target.Values, Is.EqualTo(new[] { 0.5f, 2f }));
            Assert.That(target.Classes, Is.Null);
        });
    }
}
