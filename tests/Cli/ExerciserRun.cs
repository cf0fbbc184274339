using System.Diagnostics;
using System.Text.Json;

namespace Damon.Trace.Cli.Tests;

/// <summary>A running exerciser: a process that knows which memory it touches.</summary>
internal sealed class ExerciserRun : IDisposable
{
    private readonly Process _process;

    private ExerciserRun(Process process, JsonElement ready)
    {
        _process = process;
        Ready = ready;
    }

    internal int Pid => _process.Id;

    /// <summary>The first line it printed: its layout.</summary>
    internal JsonElement Ready { get; }

    /// <summary>Starts it and waits until all its memory is populated.</summary>
    internal static ExerciserRun Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Repository.Program("exerciser"), [.. arguments, "--duration", "0"])
        {
            RedirectStandardOutput = true,
        };
        if (arguments.Contains("--managed"))
        {
            start.Environment["DOTNET_GCHeapHardLimit"] = "10000000";
        }

        Process process = Process.Start(start)!;
        string? line = process.StandardOutput.ReadLine();
        Assert.False(line is null, "the exerciser did not start");
        return new ExerciserRun(process, JsonDocument.Parse(line).RootElement);
    }

    /// <summary>Ends it and returns what it did.</summary>
    internal ExerciserTruth Stop()
    {
        Send("TERM");
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the exerciser told no truth");
        _process.WaitForExit();
        return new ExerciserTruth(JsonDocument.Parse(line).RootElement);
    }

    /// <summary>Sends it a signal by name.</summary>
    internal void Send(string signal) => _process.Send(signal);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
