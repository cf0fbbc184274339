namespace Damon.Trace.Exporters.Tests.PerfScript;

/// <summary>Files of the repository, found from where the tests run.</summary>
internal static class RepositoryPath
{
    internal static string Root { get; } = FindRoot();

    internal static string Of(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Damon.Trace.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("the tests do not run inside the repository");
    }
}
