using System.Diagnostics;

namespace LoraEdge.Tests.Storage;

/// <summary>Another process that has a storage folder open: this program, started with the folder as its argument.</summary>
internal sealed class LockHolder : IDisposable
{
    private readonly Process _process;

    public LockHolder(string folder)
    {
        _process = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(LockHolder).Assembly.Location, folder]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Answer = _process.StandardOutput.ReadLine();
    }

    public int Id => _process.Id;

    /// <summary>The id of the generation it stored, or the error.</summary>
    public string? Answer { get; }

    public static int Main(string[] arguments)
    {
        using AdapterStorage storage = AdapterStorage.Open(arguments[0]);
        using ProfileStore store = storage.OpenProfile("ada");
        try
        {
            Console.WriteLine(store.Save(Sync.Devices.Adapter(1), store.Forgotten, 1).Number);
        }
        catch (LoraEdgeException error)
        {
            Console.WriteLine(error.Message);
        }

        Console.ReadLine();
        return 0;
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
