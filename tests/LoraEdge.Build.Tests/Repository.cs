using System.Reflection;

namespace LoraEdge.Build.Tests;

/// <summary>Where the build that made these tests found things.</summary>
static class Repository
{
    public static string Root => Metadata("RepositoryRoot");

    /// <summary>The NuGet package cache.</summary>
    public static string PackageRoot => Metadata("PackageRoot");

    static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
