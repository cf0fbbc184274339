using System.Diagnostics;

namespace Damon.Trace.Cli.Tests.Examples;

/// <summary>
/// The programs of examples/, built once for all tests: the libraries as they were built beside the tests are packed, and the examples restored
/// and built from these packages.
/// </summary>
public sealed class BuiltExamples
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public BuiltExamples()
    {
        // A package packed anew has the same version: the ones restored before must not be taken for it.
        foreach (string packed in Directory.Exists(Restored) ? Directory.GetDirectories(Restored, "damon.trace.*") : [])
        {
            Directory.Delete(packed, recursive: true);
        }

        string configuration = Repository.Configuration;
        Run(
            "dotnet", "build", Path.Combine(Repository.Root, "examples", "examples.proj"), "-t:PackAndBuild", "--nologo", "-v:quiet",
            $"-p:Configuration={char.ToUpperInvariant(configuration[0])}{configuration[1..]}", $"-p:DamonTracePackages={Packages}");
    }

    /// <summary>The folder with the packages.</summary>
    internal static string Packages { get; } = Path.Combine(Repository.Root, "artifacts", "package", Repository.Configuration);

    private static string Restored { get; } = Path.Combine(Repository.Root, "artifacts", "examples", "packages");

    /// <summary>Runs an example to its end and returns what it printed.</summary>
    internal static string RunExample(string name, params string[] arguments) =>
        Run(Path.Combine(Repository.Root, "artifacts", "examples", "bin", name, Repository.Configuration, name), arguments);

    /// <summary>Builds programs from their source as the examples are built, and returns what runs each of them.</summary>
    internal static string[] BuildPrograms(string name, IReadOnlyList<string> sources)
    {
        string root = Path.Combine(Repository.Root, "artifacts", "examples", name);
        string examples = Path.Combine(Repository.Root, "examples");
        if (Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }

        for (int i = 0; i < sources.Count; i++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(root, $"{name}-{i}")).FullName;
            File.WriteAllText(Path.Combine(folder, "Program.cs"), sources[i]);
            File.Copy(Path.Combine(examples, "hot-ranges", "hot-ranges.csproj"), Path.Combine(folder, $"{name}-{i}.csproj"));
        }

        // Found by their names, as beside the examples.
        File.Copy(Path.Combine(examples, "examples.proj"), Path.Combine(root, "examples.proj"));
        File.Copy(Path.Combine(examples, "Directory.Packages.props"), Path.Combine(root, "Directory.Packages.props"));
        File.WriteAllText(Path.Combine(root, "Directory.Build.props"), $"<Project><Import Project=\"{examples}/Directory.Build.props\" /></Project>");
        string configuration = Repository.Configuration;
        Run(
            "dotnet", "build", Path.Combine(root, "examples.proj"), "--nologo", "-v:quiet", $"-p:DamonTracePackages={Packages}",
            $"-p:Configuration={char.ToUpperInvariant(configuration[0])}{configuration[1..]}");
        return [.. sources.Select((_, i) => Path.Combine(Repository.Root, "artifacts", "examples", "bin", $"{name}-{i}", configuration, $"{name}-{i}"))];
    }

    internal static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill();
            Assert.Fail($"{program} hangs");
        }

        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {output.Result} {error.Result}");
        return output.Result;
    }
}
