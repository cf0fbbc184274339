using System.Globalization;

namespace Damon.Trace.Cli.Tests;

/// <summary>
/// What takes the machine away from the tests, from a moment on: other processes, and a hypervisor that runs other guests. The CPU time of
/// the tests and of all they start is not part of it, so a product that is slow or greedy excuses nothing.
/// </summary>
internal sealed class HostLoad
{
    /// <summary>With more of its capacity gone, the machine cannot show what is asked of it.</summary>
    private const double LargestShare = 0.10;

    private readonly Times _begin = Times.Now();
    private Times? _end;

    /// <summary>What happens from here on does not count.</summary>
    internal void Stop() => _end ??= Times.Now();

    /// <summary>Skips when the machine was not there for the tests; the reason has the figures.</summary>
    internal void SkipIfBusy()
    {
        Stop();
        Times now = _end!.Value;
        double all = Math.Max(1, now.All - _begin.All);
        double stolen = Math.Max(0, now.Stolen - _begin.Stolen) / all;
        double others = Math.Max(0, now.Busy - _begin.Busy - (now.Own - _begin.Own)) / all;
        Assert.SkipWhen(
            stolen + others > LargestShare,
            FormattableString.Invariant(
                $"the machine is busy with others: other processes took {100 * others:F0} % and the hypervisor {100 * stolen:F0} % of its CPU time, together more than {100 * LargestShare:F0} %; {Pressure()}"));
    }

    private static string Pressure() =>
        File.Exists("/proc/pressure/cpu") ? "/proc/pressure/cpu: " + File.ReadLines("/proc/pressure/cpu").First() : "no /proc/pressure/cpu";

    /// <summary>CPU time in ticks: of all CPUs, used by processes, taken by the hypervisor, and used by this process and its descendants.</summary>
    private readonly record struct Times(double All, double Busy, double Stolen, double Own)
    {
        internal static Times Now()
        {
            // proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal; guests' time is part of user.
            double[] ticks = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9].Select(Number)];
            return new Times(ticks.Sum(), ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6], ticks[7], OwnTicks());
        }

        private static double OwnTicks()
        {
            Dictionary<int, (int Parent, double Ticks)> processes = [];
            foreach (string folder in Directory.GetDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && TryReadStat(folder) is { } fields)
                {
                    // Its own time and that of the children it has waited for.
                    processes[pid] = ((int)Number(fields[1]), fields[11..15].Sum(Number));
                }
            }

            return processes.Where(process => IsOurs(process.Key, processes)).Sum(process => process.Value.Ticks);
        }

        private static bool IsOurs(int pid, Dictionary<int, (int Parent, double Ticks)> processes)
        {
            while (pid != Environment.ProcessId && processes.TryGetValue(pid, out (int Parent, double Ticks) process))
            {
                pid = process.Parent;
            }

            return pid == Environment.ProcessId;
        }

        /// <summary>Fields from the state on; null when the process has gone.</summary>
        private static string[]? TryReadStat(string folder)
        {
            try
            {
                string stat = File.ReadAllText(Path.Combine(folder, "stat"));
                return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            }
            catch (IOException)
            {
                return null;
            }
        }

        private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
