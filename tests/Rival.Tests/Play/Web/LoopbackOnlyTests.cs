using Microsoft.AspNetCore.Http;
using NUnit.Framework;
using Rival.Play.Web;

namespace Rival.Tests.Play.Web;

[TestFixture]
internal sealed class LoopbackOnlyTests
{
    [TestCase("127.0.0.1:5757", null, true)]
    [TestCase("localhost:5757", "http://localhost:5757", true)]
    [TestCase("[::1]:5757", "http://[::1]:5757", true)]
    [TestCase("127.0.0.1:5757", "http://127.0.0.1:5757", true)]
    [TestCase("127.0.0.1:80", null, false)]
    [TestCase("127.0.0.1", null, false)]
    [TestCase("evil.example:5757", null, false)]
    [TestCase("localhost.evil.example:5757", null, false)]
    [TestCase("127.0.0.1.evil.example:5757", null, false)]
    [TestCase("192.168.1.5:5757", null, false)]
    [TestCase("0.0.0.0:5757", null, false)]
    [TestCase("", null, false)]
    [TestCase("127.0.0.1:5757", "http://evil.example", false)]
    [TestCase("127.0.0.1:5757", "http://evil.example:5757", false)]
    [TestCase("127.0.0.1:5757", "http://127.0.0.1:9999", false)]
    [TestCase("127.0.0.1:5757", "https://127.0.0.1:5757", false)]
    [TestCase("127.0.0.1:5757", "null", false)]
    [TestCase("127.0.0.1:5757", "file://", false)]
    [TestCase("127.0.0.1:5757", "http://127.0.0.1:5757@evil.example:5757", false)]
    public void Request_ComesIn_OnlyFromThisServersOwnPage(string host, string? origin, bool isAllowed) =>
        Assert.That(LoopbackOnly.Allows(new HostString(host), origin, 5757), Is.EqualTo(isAllowed));
}
