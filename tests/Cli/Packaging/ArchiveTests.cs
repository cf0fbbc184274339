using System.Globalization;

namespace Damon.Trace.Cli.Tests.Packaging;

/// <summary>The archive that users unpack: its program records and reports, and finds no .NET but its own.</summary>
public sealed class ArchiveTests
{
    [Fact]
    public void TheProgram_RecordsAndReports()
    {
        string? archive = Directory.Exists(Packages) ? Directory.GetFiles(Packages, "damon-trace-*-linux-x64.tar.gz").SingleOrDefault() : null;
        Assert.SkipWhen(archive is null, "tools/package was not run: there is no archive in artifacts/package");
        using var folder = new TemporaryFolder();
        using ExerciserRun target = ExerciserRun.Start("--size", "16M", "--hot", "4M");
        const string Line = """
            tar -xzf "$1" -C "$2" --strip-components=1 && cd "$2" && export DOTNET_ROOT=/nowhere PATH=/usr/bin:/bin TMPDIR="$2" || exit
            program=bin/damon-trace
            $program --version && $program record -p "$3" --duration 2s -o a.nettrace && $program report summary a.nettrace && $program report wss a.nettrace
            """;

        CommandRun run = Bash.Run(Line, archive!, folder.Path, target.Pid.ToString(CultureInfo.InvariantCulture));

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\+[0-9a-f]{40}", run.Output);
        Assert.Contains("snapshots", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("share/man/man1/damon-trace-record.1.gz")));
        Assert.True(File.Exists(folder.File("share/bash-completion/completions/damon-trace")));
    }

    private static string Packages => Path.Combine(Repository.Root, "artifacts", "package");
}
