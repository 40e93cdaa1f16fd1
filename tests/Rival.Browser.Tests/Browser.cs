using NUnit.Framework;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;

namespace Rival.Browser.Tests;

/// <summary>The machine's own Chromium, driven by the machine's own driver; nothing is downloaded.</summary>
internal static class Browser
{
    private static readonly string[] Flags =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--window-size=1280,720",
    ];

    /// <summary>Starts a browser with a new profile; skips the test where the machine has none.</summary>
    /// <param name="profile">An empty folder for the browser's profile.</param>
    /// <param name="downloads">The folder for what the page gives to save.</param>
    internal static ChromeDriver Start(string profile, string downloads)
    {
        string browser = Installed("chromium");
        string driver = Installed("chromedriver");
        var options = new ChromeOptions { BinaryLocation = browser };
        options.AddArguments(Flags);
        options.AddArgument($"--user-data-dir={profile}");
        options.AddUserProfilePreference("download.default_directory", downloads);
        options.SetLoggingPreference(LogType.Browser, LogLevel.Severe);
        return new ChromeDriver(ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(driver)!, Path.GetFileName(driver)), options);
    }

    private static string Installed(string program)
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
        if (found is null) Assert.Ignore($"There is no {program} on this machine. On Debian: apt-get install chromium chromium-driver");
        return found!;
    }
}
