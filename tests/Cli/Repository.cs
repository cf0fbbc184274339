namespace Damon.Trace.Cli.Tests;

/// <summary>Where things are in the checkout, found from the test's own place.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    /// <summary>The configuration the tests were built with, as the artifacts folder spells it.</summary>
    internal static string Configuration { get; } = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));

    /// <summary>A program built beside the tests.</summary>
    internal static string Program(string name)
    {
        string path = Path.Combine(Root, "artifacts", "bin", name, Configuration, name);
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} was not built");
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Damon.Trace.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Damon.Trace.sln not found above " + AppContext.BaseDirectory);
    }
}
