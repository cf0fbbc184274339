namespace Damon.Trace.Cli.Tests.Packaging;

/// <summary>The other two packages: Debian's holds what its control file promises, the tool installs with the SDK alone.</summary>
public sealed class PackageTests
{
    [Fact]
    public void TheDebianPackage_NamesTheLibrariesItNeeds()
    {
        string package = Packages.Find("damon-trace_*_amd64.deb");
        using var folder = new TemporaryFolder();
        const string Line = """
            set -e
            dpkg-deb -x "$1" "$2" && dpkg-deb -f "$1" Depends
            program=$2/usr/bin/damon-trace
            "$program" --version
            ldd "$program" | awk '{ print $1 }' | grep -vE '^(linux-vdso|/lib64/ld-linux|libc\.so|libm\.so|libdl\.so|libpthread\.so|librt\.so|libgcc_s\.so|libstdc\+\+\.so)' && exit 3
            test -s "$2/usr/share/man/man1/damon-trace-record.1.gz" -a -s "$2/usr/share/doc/damon-trace/copyright"
            test -s "$2/usr/share/bash-completion/completions/damon-trace" -a -s "$2/usr/share/zsh/vendor-completions/_damon-trace"
            """;

        CommandRun run = Bash.Run(Line, package, folder.Path);

        Assert.True(run.ExitCode == 0, $"exit code {run.ExitCode}: {run.Output}{run.Error}");
        Assert.Matches(@"^libc6 \(>= 2\.\d+\), ", run.Output);
        Assert.Matches(@"\n\d+\.\d+\.\d+\S*\+[0-9a-f]{40}", run.Output);
    }

    [Fact]
    public void TheTool_InstallsFromItsPackage()
    {
        string package = Packages.Find("damon-trace.linux-x64.*.nupkg");
        using var folder = new TemporaryFolder();

        CommandRun run = Bash.Run(
            "dotnet tool install damon-trace --tool-path \"$2\" --add-source \"$(dirname \"$1\")\" --ignore-failed-sources && \"$2/damon-trace\" --version",
            package, folder.Path);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Matches(@"\n\d+\.\d+\.\d+\S*\+[0-9a-f]{40}", run.Output);
    }
}
