using System.Globalization;

namespace Damon.Trace.Accuracy;

/// <summary>Time of all CPUs so far, and the part of it that a hypervisor gave to others (proc_stat(5)).</summary>
internal readonly record struct Steal(double AllTicks, double StolenTicks)
{
    internal static Steal Now()
    {
        double[] ticks = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
            .Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
        return new Steal(ticks.Sum(), ticks[7]);
    }

    /// <summary>The part since then.</summary>
    internal double Since()
    {
        Steal now = Now();
        return (now.StolenTicks - StolenTicks) / Math.Max(1, now.AllTicks - AllTicks);
    }
}
