using System.Diagnostics;

namespace Damon.Trace.Accuracy;

/// <summary>The workload is C: it forks, locks and maps as .NET cannot. It is compiled each time: a second, and never the program of other sources.</summary>
internal static class WorkloadProgram
{
    /// <returns>Path of the program.</returns>
    /// <exception cref="NotPossibleException">No C compiler.</exception>
    internal static string Build()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "workload");
        string program = Path.Combine(AppContext.BaseDirectory, "known-workload");
        string[] sources = Directory.GetFiles(folder, "*.c");
        using Process compiler = Process.Start("cc", ["-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", program, .. sources]);
        compiler.WaitForExit();
        return compiler.ExitCode == 0 ? program : throw new NotPossibleException("cc could not compile the workload");
    }

    /// <summary>Nanoseconds that a touch of a page costs whose accessed bit was cleared: what each look at a hot page takes from the target.</summary>
    internal static string BitCost(string program)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, "--bit-cost") { RedirectStandardOutput = true })!;
        string cost = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return cost;
    }
}
