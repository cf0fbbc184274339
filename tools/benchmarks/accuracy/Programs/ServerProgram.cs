using System.Diagnostics;
using System.Globalization;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Accuracy.Programs;

/// <summary>A real program under a steady load. Of its accesses nothing is known but what the kernel says before and after.</summary>
internal abstract class ServerProgram : IDisposable
{
    private readonly List<Process> _processes = [];

    protected ServerProgram()
    {
        Folder = Path.Combine(Path.GetTempPath(), $"accuracy-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}");
        Directory.CreateDirectory(Folder);
        File.SetUnixFileMode(Folder, (UnixFileMode)511);
    }

    /// <summary>Of its files; anybody may write to it.</summary>
    protected string Folder { get; }

    /// <summary>Starts it and its load.</summary>
    /// <returns>The process to record.</returns>
    /// <exception cref="NotPossibleException">It is not installed, or does not start.</exception>
    internal abstract int Start();

    /// <summary>What happens in the middle of a recording; nothing by default.</summary>
    internal virtual void Interrupt()
    {
    }

    /// <summary>What it says itself of its hot memory, for the table.</summary>
    internal virtual string Remark() => "";

    /// <summary>Ends all it has started, the latest first, and removes its files.</summary>
    public virtual void Dispose()
    {
        foreach (Process process in Enumerable.Reverse(_processes))
        {
            if (!process.HasExited)
            {
                Signals.Send(process.Id, SIGTERM);
                if (!process.WaitForExit(10_000))
                {
                    process.Kill();
                    process.WaitForExit();
                }
            }

            process.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Starts a part of it, which ends with it.</summary>
    protected Process Run(string program, params string[] arguments)
    {
        Process process = Process.Start(Quiet(program, arguments))!;
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        _processes.Add(process);
        return process;
    }

    /// <summary>Runs a command to its end.</summary>
    /// <returns>What it printed.</returns>
    protected static string Output(string program, params string[] arguments)
    {
        using Process process = Process.Start(Quiet(program, arguments))!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new NotPossibleException($"{Path.GetFileName(program)}: {error.Result.Trim()}");
    }

    /// <summary>A program's path.</summary>
    protected static string Require(string program, params string[] folders) =>
        folders.Concat(Environment.GetEnvironmentVariable("PATH")!.Split(':')).Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists) ?? throw new NotPossibleException($"{program} is not installed");

    protected static void Await(Func<bool> condition, string what)
    {
        for (int i = 0; !condition(); i++)
        {
            if (i == 600)
            {
                throw new NotPossibleException($"{what} did not happen within 60 s");
            }

            Thread.Sleep(100);
        }
    }

    protected static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static ProcessStartInfo Quiet(string program, string[] arguments) => new(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = "/",
    };
}
