using System.Diagnostics;
using System.Globalization;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Accuracy;

/// <summary>A running process of the workload, whose work can be asked for meanwhile and whose truth comes at the end.</summary>
internal sealed class Target : IDisposable
{
    private readonly Process _process;

    private Target(Process process, string pids)
    {
        _process = process;
        Pids = pids;
    }

    /// <summary>The process and its children that do the same, separated by commas.</summary>
    internal string Pids { get; }

    /// <summary>The process that tells the truth.</summary>
    internal int Pid => _process.Id;

    /// <summary>Starts it and waits until all its memory is populated.</summary>
    /// <exception cref="NotPossibleException">The machine cannot do this.</exception>
    internal static Target Start(string program, string arguments)
    {
        var start = new ProcessStartInfo(program, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        Process process = Process.Start(start)!;
        string? line = process.StandardOutput.ReadLine();
        if (line is null)
        {
            throw new NotPossibleException(process.StandardError.ReadToEnd().Trim());
        }

        return new Target(process, string.Join(',', line.Split(' ')[1..]));
    }

    /// <summary>Pages touched and CPU time used so far.</summary>
    internal Progress Ask()
    {
        Signals.Send(_process.Id, SIGUSR1);
        string[] words = _process.StandardOutput.ReadLine()!.Split(' ');
        return new Progress(
            long.Parse(words[1], CultureInfo.InvariantCulture), double.Parse(words[2], CultureInfo.InvariantCulture),
            double.Parse(words[3], CultureInfo.InvariantCulture) / 1e9);
    }

    /// <summary>Ends it and returns what it did.</summary>
    internal Truth Stop()
    {
        Signals.Send(_process.Id, SIGTERM);
        var truth = Truth.Read(_process.StandardOutput);
        _process.WaitForExit();
        return truth;
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
    }
}
