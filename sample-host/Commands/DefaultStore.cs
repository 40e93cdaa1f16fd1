using Rival.Policy;

namespace Rival.Commands;

/// <summary>Where adapters are kept when the user does not say: a folder per model, since adapters of one model are refused by every other.</summary>
internal static class DefaultStore
{
    /// <summary>The folder of a model, in the user's local application data.</summary>
    public static string Of(PolicyModel model)
    {
        string local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        string folder = local.Length > 0 ? local : Path.GetTempPath();
        return Path.Combine(folder, "rival-profiles", model.Onnx.Fingerprint.ToString()[..16]);
    }
}
