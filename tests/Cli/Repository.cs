namespace Damon.Trace.Cli.Tests;

/// <summary>Where things are in the checkout, found from the test's own place.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    /// <summary>The configuration the tests were built with, as the artifacts folder spells it.</summary>
    internal static string Configuration { get; } = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));

    /// <summary>
    /// Another damon-trace than the one built beside the tests, for example what is installed; then every command is a process of it.
    /// </summary>
    internal static string? OtherProgram { get; } = Environment.GetEnvironmentVariable("DAMON_TRACE_PROGRAM");

    /// <summary>A program built beside the tests, or the other damon-trace.</summary>
    internal static string Program(string name)
    {
        string path = name == "damon-trace" && OtherProgram is { Length: > 0 } other ? other : Path.Combine(Root, "artifacts", "bin", name, Configuration, name);
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
