using System.Globalization;

namespace Damon.Trace.Cli.Tests.Packaging;

/// <summary>The archive that users unpack: its program records and reports, and finds no .NET but its own.</summary>
public sealed class ArchiveTests
{
    [Fact]
    public void TheProgram_RecordsAndReports()
    {
        string archive = Packages.Find("damon-trace-*-linux-x64.tar.gz");
        using var folder = new TemporaryFolder();
        using ExerciserRun target = ExerciserRun.Start("--size", "16M", "--hot", "4M");
        const string Line = """
            tar -xzf "$1" -C "$2" --strip-components=1 && cd "$2" && export DOTNET_ROOT=/nowhere PATH=/usr/bin:/bin TMPDIR="$2" || exit
            program=bin/damon-trace
            $program --version && $program record -p "$3" --duration 2s -o a.nettrace && $program report summary a.nettrace && $program report wss a.nettrace
            """;

        CommandRun run = Bash.Run(Line, archive, folder.Path, target.Pid.ToString(CultureInfo.InvariantCulture));

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\+[0-9a-f]{40}", run.Output);
        Assert.Contains("snapshots", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("share/man/man1/damon-trace-record.1.gz")));
        Assert.True(File.Exists(folder.File("share/bash-completion/completions/damon-trace")));
    }

    /// <summary>
    /// A root file system with the archive, the libraries that its program names, and nothing else: no shell, no .NET, no OpenSSL, no time zones.
    /// </summary>
    [Fact]
    public void TheProgram_NeedsNothingButTheCLibrary()
    {
        string archive = Packages.Find("damon-trace-*-linux-x64.tar.gz");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "chroot and mount need root");
        using var folder = new TemporaryFolder();
        using ExerciserRun target = ExerciserRun.Start("--size", "16M", "--hot", "4M");
        const string Line = """
            set -e
            root=$2/root
            mkdir -p "$root"/{proc,sys,tmp}
            tar -xzf "$1" -C "$root" --strip-components=1
            ldd "$root/bin/damon-trace" | grep -o '/[^ ]*' | sort -u | xargs -I{} cp -L --parents {} "$root"
            mount --rbind /proc "$root/proc"
            mount --rbind /sys "$root/sys"
            inside() { chroot "$root" /bin/damon-trace "$@"; }
            inside --version
            inside record -p "$3" --duration 2s -o /tmp/a.nettrace
            inside script /tmp/a.nettrace | head -1
            inside export /tmp/a.nettrace -o /tmp/a.parquet
            inside report wss /tmp/a.parquet
            inside report heatmap /tmp/a.nettrace -o /tmp/a.svg
            inside snapshot -p "$3" --window 1s --json | grep -c '"touched_pages"'
            inside doctor --json | grep -c '"access_checks"'
            """;

        // The mounts are those of this shell only, and go with it.
        using ToolProcess shell = ToolProcess.Start(
            "unshare", "--mount", "--propagation", "private", "bash", "-c", Line, "bash", archive, folder.Path,
            target.Pid.ToString(CultureInfo.InvariantCulture));
        CommandRun run = shell.Wait(TimeSpan.FromMinutes(2));

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("damon:damon_aggregated: target_id=0", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("root/tmp/a.svg")));
    }
}
