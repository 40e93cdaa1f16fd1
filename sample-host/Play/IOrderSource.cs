namespace Rival.Play;

/// <summary>Where an order came from, for what only that page is told. Called on the loop's thread; never waits.</summary>
public interface IOrderSource
{
    /// <summary>Says that the order was refused, in one line.</summary>
    void Refuse(string message);

    /// <summary>Hands a file over.</summary>
    void Hand(string name, byte[] file);
}
