using System.Collections.ObjectModel;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;
using OpenQA.Selenium.Support.UI;

namespace Rival.Browser.Tests;

/// <summary>The page as a player uses it: looks, waits, clicks and types.</summary>
internal sealed class RivalPage(ChromeDriver driver)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>The moves in the list.</summary>
    internal IReadOnlyList<string> Moves => Texts("#moves .san");

    /// <summary>The squares' labels, which name the pieces.</summary>
    internal IReadOnlyList<string> Position => ((ReadOnlyCollection<object>)driver.ExecuteScript("return [...document.querySelectorAll('[data-square]')].map(square => square.getAttribute('aria-label'))")!).Cast<string>().ToList();

    /// <summary>Opens the page and waits until the host is there.</summary>
    internal void Open(Uri address)
    {
        driver.Navigate().GoToUrl(address);
        UntilConnected();
    }

    /// <summary>Loads the page again.</summary>
    internal void Reload()
    {
        driver.Navigate().Refresh();
        UntilConnected();
    }

    /// <summary>Waits for the connection and the first state.</summary>
    internal void UntilConnected()
    {
        Until("a connection", () => Find("#connection").GetAttribute("data-state") == "connected");
        Until("a state", () => Text("#profile-name") != "–");
    }

    internal IWebElement Find(string selector) => driver.FindElement(By.CssSelector(selector));

    internal string Text(string selector) => Find(selector).GetAttribute("textContent")!;

    internal IReadOnlyList<string> Texts(string selector) =>
        ((ReadOnlyCollection<object>)driver.ExecuteScript("return [...document.querySelectorAll(arguments[0])].map(node => node.textContent)", selector)!).Cast<string>().ToList();

    /// <summary>Clicks what can be clicked by now.</summary>
    internal void Click(string selector) => Until($"a click on {selector}", () =>
    {
        IWebElement element = Find(selector);
        if (!element.Displayed || !element.Enabled) return false;
        element.Click();
        return true;
    });

    /// <summary>Types a move into the field.</summary>
    internal void PlaySan(string san)
    {
        IWebElement field = Find("#san");
        field.Clear();
        field.SendKeys(san + Keys.Enter);
    }

    /// <summary>Waits for a number of moves of both sides together.</summary>
    internal void UntilMoves(int count) => Until($"{count} moves", () => Moves.Count == count);

    /// <summary>Waits for what must come.</summary>
    internal void Until(string what, Func<bool> holds, TimeSpan? patience = null)
    {
        var wait = new WebDriverWait(driver, patience ?? Patience) { PollingInterval = TimeSpan.FromMilliseconds(50), Message = $"There was no {what}." };
        wait.IgnoreExceptionTypes(typeof(StaleElementReferenceException), typeof(NoSuchElementException), typeof(ElementClickInterceptedException));
        wait.Until(_ => holds());
    }
}
