namespace Damon.Trace.Cli.Tests.Packaging;

/// <summary>What tools/package made, where it was run.</summary>
internal static class Packages
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "artifacts", "package");

    /// <summary>A package; skips the test where there is none.</summary>
    /// <param name="pattern">Its name.</param>
    internal static string Find(string pattern)
    {
        string? package = Directory.Exists(s_folder) ? Directory.GetFiles(s_folder, pattern).SingleOrDefault() : null;
        Assert.SkipWhen(package is null, $"tools/package was not run: there is no {pattern} in artifacts/package");
        return package!;
    }
}
