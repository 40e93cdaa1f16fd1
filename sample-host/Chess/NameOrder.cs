namespace Rival.Chess;

/// <summary>How a name of several words without a comma is to be read.</summary>
public enum NameOrder
{
    /// <summary>"Mihail Tal": the surname is last.</summary>
    ForenameFirst,

    /// <summary>"Ding Liren": the surname is first.</summary>
    SurnameFirst,
}
