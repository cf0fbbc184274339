using System.Diagnostics;
using System.Text.Json;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Tests.Exerciser;

/// <summary>A running exerciser whose memory is populated.</summary>
internal sealed class ExerciserProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _readyLine;

    private ExerciserProcess(Process process, string readyLine)
    {
        _process = process;
        _readyLine = readyLine;
        using JsonDocument ready = JsonDocument.Parse(readyLine);
        Ranges = TruthRange.ReadAll(ready.RootElement);
        Pid = ready.RootElement.GetProperty("pid").GetInt32();
    }

    internal int Pid { get; }

    internal IReadOnlyList<TruthRange> Ranges { get; }

    internal string ReadyLine => _readyLine;

    internal TruthRange this[string name] => Ranges.Single(range => range.Name == name);

    /// <summary>Starts the program and waits for its memory.</summary>
    internal static ExerciserProcess Start(string arguments) => Await(StartProgram(arguments));

    /// <summary>The same, as a child of a shell and not of this process.</summary>
    internal static ExerciserProcess StartAsGrandchild(string arguments) =>
        Await(StartProgram("/bin/sh", $"-c \"{ProgramPath} {arguments} & wait $!\""));

    private static ExerciserProcess Await(Process process)
    {
        string? ready = process.StandardOutput.ReadLine();
        if (ready is null)
        {
            string error = process.StandardError.ReadToEnd();
            process.Dispose();
            throw new InvalidOperationException($"the exerciser did not start: {error}");
        }

        return new ExerciserProcess(process, ready);
    }

    /// <summary>Runs the program to its end: exit code, stdout and stderr.</summary>
    internal static (int ExitCode, string Output, string Error) Run(string arguments)
    {
        using Process process = StartProgram(arguments);
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error);
    }

    internal void Signal(int signal) => Signals.Send(Pid, signal);

    /// <summary>Has it tell what it has done so far.</summary>
    internal JsonElement AskProgress()
    {
        Signal(SIGUSR1);
        using JsonDocument progress = JsonDocument.Parse(_process.StandardOutput.ReadLine()!);
        return progress.RootElement.Clone();
    }

    /// <summary>Ends it with SIGTERM: its exit code and the truth.</summary>
    internal (int ExitCode, JsonElement Truth) Finish()
    {
        Signal(SIGTERM);
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("no truth");
        _process.WaitForExit();
        using JsonDocument truth = JsonDocument.Parse(line);
        return (_process.ExitCode, truth.RootElement.Clone());
    }

    internal void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private static string ProgramPath => Path.Combine(AppContext.BaseDirectory, "exerciser");

    private static Process StartProgram(string arguments) => StartProgram(ProgramPath, arguments);

    private static Process StartProgram(string program, string arguments)
    {
        return Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
