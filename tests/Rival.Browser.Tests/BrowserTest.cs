using NUnit.Framework;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;
using Rival.Play;
using Rival.Policy;
using Rival.Tests;

namespace Rival.Browser.Tests;

/// <summary>One browser for the tests of a class, a new game and storage folder for each test, and no error in the console at its end.</summary>
internal abstract class BrowserTest
{
    private Scratch _files = null!;
    private Scratch _store = null!;
    private RivalHost _host = null!;

    protected ChromeDriver Driver { get; private set; } = null!;

    protected PolicyModel Model { get; private set; } = null!;

    protected RivalPage Page { get; private set; } = null!;

    protected Uri Address => _host.Address;

    /// <summary>Where the browser saves what the page gives.</summary>
    protected string Downloads => _files.At("downloads");

    [OneTimeSetUp]
    public void StartBrowser()
    {
        _files = new Scratch();
        Directory.CreateDirectory(Downloads);
        Driver = Browser.Start(_files.At("profile"), Downloads);
        Model = PolicyModel.Load();
    }

    [OneTimeTearDown]
    public void EndBrowser()
    {
        Driver?.Dispose();
        _files.Dispose();
    }

    [SetUp]
    public async Task OpenPage()
    {
        _store = new Scratch();
        _host = await RivalHost.Start(Model, _store.Folder, port: 0);
        Page = new RivalPage(Driver);
        Page.Open(_host.Address);
    }

    [TearDown]
    public async Task ClosePage()
    {
        IEnumerable<string> errors = Driver.Manage().Logs.GetLog(LogType.Browser).Select(entry => entry.Message).ToList();
        Driver.Navigate().GoToUrl("about:blank");
        await _host.DisposeAsync();
        _store.Dispose();
        Assert.That(errors, Is.Empty, "errors in the browser's console");
    }

    /// <summary>A file that the page is given.</summary>
    protected string Write(string name, string text) => _store.Write(name, text);
}
