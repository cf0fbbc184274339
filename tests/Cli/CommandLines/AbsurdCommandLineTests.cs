using System.CommandLine;
using Damon.Trace.Cli.Commands;

namespace Damon.Trace.Cli.Tests.CommandLines;

/// <summary>Every option with values nobody means: one line, a hint and a documented exit code; never a stack trace, never a silent nothing.</summary>
public sealed class AbsurdCommandLineTests
{
    private static readonly string[] s_values =
    [
        "abc", "-1", "1.5", "0", "99999999999999999999999", "5x", "0x", "1..2", "..", "/", "ünïcode", "two\nlines", "%", ",", "1,,2", "a b", "9e99", "NaN",
    ];

    /// <summary>Command lines that fail by themselves, so that none of them records or reads anything should a value be taken.</summary>
    private static readonly Dictionary<string, string[]> s_failing = new()
    {
        ["record"] = ["-p", "999999999"],
        ["live"] = ["-p", "999999999"],
        ["who"] = ["-p", "999999999"],
        ["snapshot"] = ["-p", "999999999"],
        ["run"] = ["--schemes", "/nowhere/a", "-p", "999999999"],
        ["verify-limit"] = ["--cgroup", "/nowhere/a", "--limit", "1G"],
        ["warm"] = ["/nowhere/a"],
        ["script"] = ["/nowhere/a"],
        ["export"] = ["/nowhere/a", "-o", "/nowhere/b.txt"],
        ["report compare"] = ["/nowhere/a", "/nowhere/b"],
        ["tune"] = ["--sample", "no time at all"],
        ["help"] = ["no-such-command"],
    };

    public static TheoryData<string> Commands => [.. Lines().Select(line => line.Name).Distinct()];

    [Fact]
    public void There_are_hundreds() => Assert.True(Lines().Count() >= 300, $"only {Lines().Count()}");

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_option_with_an_absurd_value_gives_one_line_and_a_hint(string name)
    {
        // Thousands of them: side by side where each is a process.
        var options = new ParallelOptions { MaxDegreeOfParallelism = Repository.OtherProgram is { Length: > 0 } ? Environment.ProcessorCount : 1 };
        await Parallel.ForEachAsync(Lines().Where(line => line.Name == name), options, static async (line, _) => await RefusesAsync(line.Arguments));
    }

    [Theory]
    [InlineData("record", "--", "")]
    [InlineData("record", "--", "/")]
    [InlineData("record", "--", "/etc/passwd")]
    [InlineData("record", "12345")]
    [InlineData("record", "-p", "1", "--", "true")]
    [InlineData("record", "-o", "a.txt", "-o", "./a.txt/", "-p", "999999999")]
    [InlineData("script", "a", "b")]
    [InlineData("script", "a", "-i", "b")]
    [InlineData("report", "wss", "--json", "--csv", "/nowhere/a")]
    [InlineData("report", "wss", "--json", "-o", "a.csv", "/nowhere/a")]
    [InlineData("report", "regions", "-o", "a.svg", "/nowhere/a")]
    [InlineData("report", "nonsense", "/nowhere/a")]
    [InlineData("kernel", "nonsense")]
    [InlineData("export", "/nowhere/a")]
    [InlineData("frobnicate")]
    [InlineData("--frobnicate")]
    [InlineData("-")]
    [InlineData("")]
    [InlineData("demo", "1")]
    [InlineData("demo", "soon")]
    public async Task Absurd_lines_are_mistakes(params string[] arguments)
    {
        CommandRun run = await CommandRun.RunAsync(arguments);

        Assert.NotEqual(ExitCode.Ok, run.ExitCode);
        run.AssertMistake(run.ExitCode, "");
        Assert.NotEqual(ExitCode.Bug, run.ExitCode);
    }

    private static async Task RefusesAsync(string[] arguments)
    {
        CommandRun run = await CommandRun.RunAsync(arguments);
        string line = string.Join(' ', arguments);
        Assert.True(run.ExitCode is ExitCode.Usage or ExitCode.TargetGone or ExitCode.NoAccessCheck or ExitCode.BadInput, $"{line}: {run.ExitCode}: {run.Error}");
        string[] said = run.Error.TrimEnd('\n').Split('\n');
        Assert.True(said.Length == 2, $"{line}: {run.Error}");
        Assert.True(said[0].StartsWith("damon-trace: ", StringComparison.Ordinal), $"{line}: {run.Error}");
        Assert.True(said[1].StartsWith("hint: ", StringComparison.Ordinal), $"{line}: {run.Error}");
        Assert.False(run.Error.Contains("System.", StringComparison.Ordinal), $"{line}: {run.Error}");
        Assert.Empty(run.Output);
    }

    private static IEnumerable<(string Name, string[] Arguments)> Lines()
    {
        foreach ((string name, Command command) in All("", CommandTree.Root))
        {
            string[] failing = s_failing.GetValueOrDefault(name) ?? (name.StartsWith("report", StringComparison.Ordinal) ? ["/nowhere/a"] : []);
            if (failing.Length == 0)
            {
                // What needs nothing and does no harm does not fail: doctor, version, kernel state.
                continue;
            }

            foreach (Option option in command.Options.Where(option => option.ValueType != typeof(bool) && option is not System.CommandLine.Help.HelpOption))
            {
                foreach (string value in s_values)
                {
                    yield return (name, [.. name.Split(' '), .. failing, option.Name, value]);
                }
            }
        }
    }

    private static IEnumerable<(string Name, Command Command)> All(string prefix, Command parent)
    {
        foreach (Command command in parent.Subcommands)
        {
            string name = $"{prefix} {command.Name}".TrimStart();
            yield return (name, command);
            foreach ((string Name, Command Command) below in All(name, command))
            {
                yield return below;
            }
        }
    }
}
