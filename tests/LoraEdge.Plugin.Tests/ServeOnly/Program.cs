// A host that serves adapters and never trains: model, storage folder, profile. Prints the logits of an input of ones.
using LoraEdge;

try
{
    using var plugin = LoraEdgePlugin.Load(new LoraEdgeOptions
    {
        ModelPath = args[0],
        Objective = new Objective { ValueName = "logits" },
        StorageFolder = args[1],
    });
    using Profile profile = plugin.OpenProfile(args[2]);
    float[] ones = [.. Enumerable.Repeat(1f, 8)];
    HostTensor logits = profile.Infer(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(ones, 1, 8) })["logits"];
    Console.WriteLine(Convert.ToHexString(logits.Bytes));
    return 0;
}
catch (LoraEdgeException error)
{
    Console.Error.WriteLine($"{error.GetType().Name}: {error.Message}");
    return 2;
}
