namespace Damon.Trace.Tracer.Tests;

/// <summary>The checkout the tests were built in.</summary>
internal static class Repository
{
    /// <summary>Its folder. The compiler cannot tell it: builds of CI have no paths of the machine in them.</summary>
    internal static string Root { get; } = Find();

    private static string Find()
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
