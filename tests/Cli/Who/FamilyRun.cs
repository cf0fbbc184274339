using System.Diagnostics;
using System.Globalization;

namespace Damon.Trace.Cli.Tests.Who;

/// <summary>tests/Cli/Who/family.c, compiled and running: a process whose threads and children come and go.</summary>
internal sealed class FamilyRun : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly CProgram _program = new("family", "-fno-omit-frame-pointer");
    private readonly CProgram _registers = new("registers");
    private readonly Process _process;

    private FamilyRun()
    {
        _process = Process.Start(new ProcessStartInfo(_program.Path, ["600"]) { RedirectStandardOutput = true })!;
        Range = _process.StandardOutput.ReadLine()!.Split(' ')[1];
    }

    internal int Pid => _process.Id;

    /// <summary>As --address-range takes it.</summary>
    internal string Range { get; }

    internal static FamilyRun Start() => new();

    /// <summary>It runs on, and another tool may have all debug registers of all its threads.</summary>
    internal void AssertNothingIsArmed(string when)
    {
        Assert.False(_process.HasExited, $"{when}: the target has ended");
        CommandRun run = RunRegisters();

        // The kernel gives registers back when it closes the files of a process, which may be a moment after its end.
        for (int i = 0; run.ExitCode != 0 && i < 20; i++)
        {
            Thread.Sleep(50);
            run = RunRegisters();
        }

        Assert.True(run.ExitCode == 0, $"{when}: {run.Output}{run.Error}");
    }

    /// <summary>Ends it; everything must have come and gone, and nothing of it may have failed.</summary>
    internal void AssertUnharmed()
    {
        using (Process kill = Process.Start("kill", ["-TERM", $"{Pid}"]))
        {
            kill.WaitForExit();
        }

        long[] counts = [.. _process.StandardOutput.ReadLine()!.Split(' ').Select(static word => long.Parse(word, CultureInfo.InvariantCulture))];
        Assert.True(_process.WaitForExit(s_patience), "the target does not end");
        Assert.Equal(0, _process.ExitCode);
        Assert.True(counts is [> 10, > 10, > 10, 0], $"passes, threads, children, failed children: {string.Join(' ', counts)}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _program.Dispose();
        _registers.Dispose();
    }

    private CommandRun RunRegisters()
    {
        using var tool = ToolProcess.Start(_registers.Path, $"{Pid}");
        return tool.Wait();
    }
}
