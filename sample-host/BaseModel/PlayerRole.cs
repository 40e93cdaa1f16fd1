namespace Rival.BaseModel;

/// <summary>What a player's games may be used for.</summary>
public enum PlayerRole
{
    /// <summary>Training the base model.</summary>
    Base,

    /// <summary>Choosing learning rates and other options: neither in the base model nor in the test.</summary>
    Tuning,

    /// <summary>The test alone.</summary>
    HeldOut,
}
