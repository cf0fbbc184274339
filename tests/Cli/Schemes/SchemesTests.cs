using System.Text.Json;

namespace Damon.Trace.Cli.Tests.Schemes;

/// <summary><c>run --schemes</c> and <c>schemes check</c>.</summary>
public sealed class SchemesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Examples =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "examples", "schemes")).Select(path => Path.GetFileName(path))];

    /// <summary>What is shipped is understood, and said in words.</summary>
    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Check_SaysInWordsWhatExamplesDo(string name)
    {
        CommandRun run = await CommandRun.RunAsync("schemes", "check", Path.Combine(Repository.Root, "examples", "schemes", name));

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.StartsWith("0: ", run.Output, StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public async Task Check_SaysWhatCannotBeApplied()
    {
        CommandRun run = await CommandRun.RunAsync("schemes", "check", Write("min max min max min max hugepage"));

        Assert.Equal(ExitCode.NoAccessCheck, run.ExitCode);
        Assert.Contains("! cannot be applied: 'hugepage' works on oneself only", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_SaysWhichControlGroupIsNotThere() => Assert.Contains(
        "there is no control group '/no-such-group' here",
        (await CommandRun.RunAsync("schemes", "check", Write("4K max 0 0 2m max cold filter=reject:not:memcg:/no-such-group"))).Output,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(ExitCode.BadInput, "line 1: column 8: expected how often it is accessed", "4K max 5 max 0 max pageout")]
    [InlineData(ExitCode.BadInput, "has no scheme", "# nothing")]
    [InlineData(ExitCode.TargetGone, "2147483647", "min max min max min max stat")]
    [InlineData(ExitCode.Usage, "--dry-run and --yes contradict", "min max min max min max stat", "--dry-run", "--yes")]
    [InlineData(ExitCode.Usage, "there is no access check 'guess'", "min max min max min max stat", "--check", "guess")]
    [InlineData(ExitCode.Usage, "'0%' is not a share", "min max min max min max stat", "--target-budget", "0%")]
    [InlineData(ExitCode.Usage, "--target-budget has no meaning with --kernel", "min max min max min max stat", "--kernel", "--target-budget", "2%")]
    public async Task Mistake_IsOneLineAndAHint(int exitCode, string message, string scheme, params string[] more) =>
        (await CommandRun.RunAsync(["run", "--schemes", Write(scheme), "-p", "2147483647", .. more])).AssertMistake(exitCode, message);

    [Fact]
    public async Task MissingFile_IsNamed() =>
        (await CommandRun.RunAsync("schemes", "check", "/nonexistent/prcl")).AssertMistake(ExitCode.BadInput, "there is no file '/nonexistent/prcl'");

    [Fact]
    public async Task Folder_IsNoFile() =>
        (await CommandRun.RunAsync("schemes", "check", _folder.Path)).AssertMistake(ExitCode.BadInput, $"'{_folder.Path}' is a folder");

    [Fact]
    public async Task LargeFile_IsAnotherKindOfFile()
    {
        string path = _folder.File("large");
        await File.WriteAllBytesAsync(path, new byte[(1 << 20) + 1], TestContext.Current.CancellationToken);

        (await CommandRun.RunAsync("schemes", "check", path)).AssertMistake(ExitCode.BadInput, $"'{path}' is larger than 1 MiB: it is no file of schemes");
    }

    /// <summary>Whoever has no documents at hand finds the words of a scheme in the help.</summary>
    [Fact]
    public async Task Help_HasTheWords()
    {
        string help = (await CommandRun.RunAsync("schemes", "--help")).Output;

        Assert.All(Tracer.Monitoring.Schemes.SchemeActionNames.All.Except(["hugepage", "nohugepage"]), action => Assert.Contains(action, help, StringComparison.Ordinal));
        Assert.All(
            (string[])["quota=", "weights=", "goal=", "wmarks=", "filter=", "apply=", "snapshots=", "name=", "node=", "reset=", "start=", "tuner="],
            option => Assert.Contains(option, help, StringComparison.Ordinal));
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public async Task Convert_WritesWhatIsReadBack()
    {
        string prcl = Path.Combine(Repository.Root, "examples", "schemes", "prcl");
        string json = _folder.File("prcl.json");
        Assert.Equal(ExitCode.Ok, (await CommandRun.RunAsync("schemes", "convert", prcl, "-o", json)).ExitCode);

        CommandRun line = await CommandRun.RunAsync("schemes", "convert", json, "--to", "line");

        Assert.Equal("[", (await File.ReadAllLinesAsync(json, TestContext.Current.CancellationToken))[0]);
        Assert.EndsWith("\n4K max 0 0 30s max pageout quota=64M/1s,10ms/1s weights=0,0,1\n", line.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCode.Usage, "no notation to convert to")]
    [InlineData(ExitCode.Usage, "do not fit together", "-o", "a.json", "--to", "yaml")]
    [InlineData(ExitCode.BadInput, "scheme 0 (demote): action: damo's JSON has no word", "--to", "json")]
    public async Task Convert_RefusesWhatCannotBe(int exitCode, string message, params string[] more) =>
        (await CommandRun.RunAsync(["schemes", "convert", Write("2M max 0 0 2s max demote"), .. more])).AssertMistake(exitCode, message);

    /// <summary>What is paged out must be asked for twice; until then it is counted only. The exerciser uses all of its memory.</summary>
    [Fact]
    public void Run_PagesNothingOutWithoutYes()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "not root: sees whole mappings only");
        using ExerciserRun exerciser = ExerciserRun.Start("--size", "16M", "--hot", "8M", "--warm", "0");

        CommandRun run = ToolProcess.Run(
            "run", "--schemes", Write("min max min max min max stat\nmin max min max min max pageout"), "-p", $"{exerciser.Pid}", "--duration", "2s");

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains("a dry run, nothing is paged out\nhint: add --yes", run.Error, StringComparison.Ordinal);
        Assert.Matches("damon-trace: stat: matched [0-9.]+ [MG]iB in [0-9]+ regions", run.Error);
        Assert.Contains("pageout: matched", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("  time scheme", run.Output, StringComparison.Ordinal);
    }

    /// <summary>All memory matches, in every aggregation: what the recording tells of it is at least what the exerciser uses.</summary>
    [Fact]
    public void Record_TellsWhatSchemesDid()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "not root: sees whole mappings only");
        using ExerciserRun exerciser = ExerciserRun.Start("--size", "16M", "--hot", "8M", "--warm", "0");
        string path = _folder.File("a.nettrace");
        CommandRun run = ToolProcess.Run(
            "record", "--schemes", Write("min max min max min max stat"), "-p", $"{exerciser.Pid}", "--duration", "2s", "-o", path);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);

        CommandRun report = ToolProcess.Run("report", "schemes", path, "--json");

        using var json = JsonDocument.Parse(report.Output);
        JsonElement scheme = Assert.Single(json.RootElement.GetProperty("schemes").EnumerateArray());
        Assert.StartsWith("kdamond.", scheme.GetProperty("kdamond").GetString(), StringComparison.Ordinal);
        Assert.True(scheme.GetProperty("bytes").GetUInt64() >= 16 << 20, report.Output);
        Assert.True(scheme.GetProperty("counters").GetProperty("nr_snapshots").GetUInt64() > 0, report.Output);
    }

    [Theory]
    [InlineData("min max 0 0 min max pageout", "pages out memory of a process that was not asked")]
    [InlineData("min max min max min max stat", "--schemes has no meaning with --exact", "--exact")]
    public async Task Record_RefusesWhatIsNotMeant(string scheme, string message, params string[] more) =>
        (await CommandRun.RunAsync(["record", "--schemes", Write(scheme), "-p", "2147483647", .. more])).AssertMistake(ExitCode.Usage, message);

    /// <summary>Without CAP_SYS_NICE the kernel lets nobody act on another process; looking, and a dry run, go on.</summary>
    [Theory]
    [InlineData("pageout")]
    [InlineData("cold")]
    [InlineData("willneed")]
    [InlineData("collapse")]
    [InlineData("demote")]
    public void WithoutTheCapability_ItIsRefusedAndADryRunIsNot(string action)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "not root: sees whole mappings only");
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv"), "setpriv is not installed");
        using ExerciserRun exerciser = ExerciserRun.Start("--size", "4M", "--hot", "1M", "--warm", "0");
        string[] arguments = ["--inh-caps=-sys_nice", "--bounding-set=-sys_nice", "--", Repository.Program("damon-trace"), "run", "--schemes", Write($"min max min max min max {action}"), "-p", $"{exerciser.Pid}", "--duration", "2s"];
        using ToolProcess refused = ToolProcess.Start("setpriv", [.. arguments, "--yes"]);
        using ToolProcess dry = ToolProcess.Start("setpriv", [.. arguments, "--dry-run"]);

        CommandRun run = refused.Wait();
        Assert.Equal(ExitCode.NoAccessCheck, run.ExitCode);
        Assert.Contains($"process {exerciser.Pid} (exerciser) may be watched but not acted on: that takes CAP_SYS_NICE\nhint: run as root", run.Error, StringComparison.Ordinal);
        CommandRun looked = dry.Wait();
        Assert.True(looked.ExitCode == ExitCode.Ok, looked.Error);
    }

    /// <summary>Somebody else's process is not even looked at.</summary>
    [Fact]
    public void AnotherUsersProcess_IsRefused()
    {
        OrdinaryUser.Require();
        using ExerciserRun exerciser = ExerciserRun.Start("--size", "4M", "--hot", "1M", "--warm", "0");
        string schemes = Write("min max min max min max cold");
        File.SetUnixFileMode(_folder.Path, File.GetUnixFileMode(_folder.Path) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(schemes, File.GetUnixFileMode(schemes) | UnixFileMode.OtherRead);
        using ToolProcess tool = OrdinaryUser.StartTool("run", "--schemes", schemes, "-p", $"{exerciser.Pid}");

        CommandRun run = tool.Wait();

        Assert.Equal(ExitCode.TargetGone, run.ExitCode);
        Assert.Contains("hint:", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Where somebody else's kdamond runs, or there is none to drive, nothing is begun.</summary>
    [Fact]
    public void ThroughTheKernel_OnlyWhereItMayBeDriven()
    {
        const string NrKdamonds = "/sys/kernel/mm/damon/admin/kdamonds/nr_kdamonds";
        Assert.SkipWhen(File.Exists(NrKdamonds) && File.ReadAllText(NrKdamonds).Trim() == "0", "nobody has it: it would be driven, which is for the kernel lab");
        CommandRun run = ToolProcess.Run("run", "--kernel", "--schemes", Write("min max min max min max stat"), "-p", $"{Environment.ProcessId}", "--duration", "1s");

        Assert.Equal(ExitCode.NoAccessCheck, run.ExitCode);
        Assert.Matches("^damon-trace: .*\nhint: ", run.Error);
        Assert.Equal("", run.Output);
    }

    [Theory]
    [InlineData(ExitCode.Usage, "nothing to change")]
    [InlineData(ExitCode.BadInput, "there is no file '/nonexistent/prcl'", "--schemes", "/nonexistent/prcl")]
    [InlineData(ExitCode.Usage, "pages out memory of a process that was not asked", "--schemes", "PAGEOUT")]
    public async Task Tune_RefusesWhatIsNotMeant(int exitCode, string message, params string[] arguments) => (await CommandRun.RunAsync(
        ["tune", .. arguments.Select(argument => argument == "PAGEOUT" ? Write("4K max 0 0 1m max pageout") : argument)])).AssertMistake(exitCode, message);

    /// <summary>Ctrl-C is how it is meant to end.</summary>
    [Fact]
    public void Run_EndsQuietlyAtCtrlC()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "not root: sees whole mappings only");
        using ExerciserRun exerciser = ExerciserRun.Start("--size", "4M", "--hot", "1M", "--warm", "0");
        using ToolProcess tool = ToolProcess.Start(["run", "--schemes", Write("min max min max min max stat"), "-p", $"{exerciser.Pid}"]);
        for (int i = 0; i < 3; i++)
        {
            _ = tool.Output.ReadLine();
        }

        tool.Send("INT");

        Assert.Equal(ExitCode.Ok, tool.Wait().ExitCode);
    }

    public void Dispose() => _folder.Dispose();

    private string Write(string schemes)
    {
        string path = Path.Combine(_folder.Path, "schemes");
        File.WriteAllText(path, schemes);
        return path;
    }
}
