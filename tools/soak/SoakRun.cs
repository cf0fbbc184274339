using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Damon.Trace.Soak;

/// <summary>A recorder and its target for hours, and what the recorder holds meanwhile.</summary>
internal sealed class SoakRun(string recorder, string exerciser, string folder, TextWriter output)
{
    /// <summary>What a runtime's heap may still grow by after its start.</summary>
    private const long AllowedKb = 4096;

    private readonly List<Health> _health = [];

    internal required TimeSpan Duration { get; init; }

    internal required TimeSpan Every { get; init; }

    internal required string Rotate { get; init; }

    internal required string[] Options { get; init; }

    /// <summary>Records; false when the recorder failed or grew.</summary>
    internal bool Run()
    {
        using var stop = new ManualResetEventSlim();
        Action<PosixSignalContext> onSignal = context =>
        {
            context.Cancel = true;
            stop.Set();
        };
        using PosixSignalRegistration onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, onSignal);
        using PosixSignalRegistration onInt = PosixSignalRegistration.Create(PosixSignal.SIGINT, onSignal);
        Directory.CreateDirectory(folder);
        using Process target = Start(exerciser, ["--size", "256M", "--hot", "16M", "--warm", "32M", "--throttle", "5ms", "--phase-shift", "30s", "--duration", "0"]);
        _ = target.StandardOutput.ReadLine();
        string metrics = FreeAddress();
        using Process recording = Start(recorder, [
            "record", "-p", $"{target.Id}", "--rotate", Rotate, "-o", Path.Combine(folder, "soak.nettrace"), "--metrics", metrics, .. Options,
        ]);
        Watch(recording, new RecorderMetrics(metrics), stop);
        Send("TERM", recording);
        recording.WaitForExit();
        Send("KILL", target);
        target.WaitForExit();
        output.WriteLine($"recorder: exit code {recording.ExitCode}");
        return recording.ExitCode == 0
            & Trend.IsFlat("own memory, KB", [.. _health.Select(static health => health.AnonymousKb)], AllowedKb, output)
            & Trend.IsFlat("descriptors", [.. _health.Select(static health => (long)health.Descriptors)], 2, output)
            & Trend.IsFlat("threads", [.. _health.Select(static health => (long)health.Threads)], 2, output);
    }

    private void Watch(Process recording, RecorderMetrics metrics, ManualResetEventSlim stop)
    {
        Stopwatch clock = Stopwatch.StartNew();
        output.WriteLine("UTC       RSS MB  own MB  fds  threads  files  MB on disk  snapshots  lost   late  missed    checks  CPU s");
        while (!recording.HasExited && clock.Elapsed < Duration && !stop.Wait(Every))
        {
            if (recording.HasExited)
            {
                break;
            }

            Health health = Health.Of(recording.Id);
            _health.Add(health);
            Dictionary<string, double> counted = metrics.Read();
            FileInfo[] files = new DirectoryInfo(folder).GetFiles();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{DateTime.UtcNow:HH:mm:ss} {health.ResidentKb / 1024.0,7:F1} {health.AnonymousKb / 1024.0,7:F1} {health.Descriptors,4} {health.Threads,8} "
                + $"{files.Length,6} {files.Sum(static file => file.Length) / 1048576.0,11:F1} {Counter("snapshots"),10} {Counter("lost"),5} "
                + $"{Counter("late"),6} {Counter("missed"),7} {Counter("checks"),9} {Counter("cpu_time_seconds"),6:F0}"));

            object Counter(string name) => counted.TryGetValue(name, out double value) ? value : "?";
        }
    }

    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener.LocalEndpoint.ToString()!;
    }

    private static Process Start(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException(program);

    private static void Send(string signal, Process process)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }
}
