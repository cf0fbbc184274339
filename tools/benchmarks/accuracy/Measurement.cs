namespace Damon.Trace.Accuracy;

/// <summary>Runs a workload and a recorder beside it.</summary>
internal sealed class Measurement(string workload, string recorder)
{
    // Half a second of start, JIT and the first snapshot.
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(2);
    // The window that a sweep opens.
    private const double SweptWindowNs = 100_000_000;

    private static readonly TimeSpan s_baseline = TimeSpan.FromSeconds(1.5);

    /// <exception cref="NotPossibleException">The machine cannot do this row.</exception>
    internal Score Run(Row row, Setting setting)
    {
        RequireMemory(row);
        string path = Path.Combine(Path.GetTempPath(), $"accuracy-{Environment.ProcessId}.nettrace");
        using var target = Target.Start(workload, row.Arguments);
        try
        {
            double before = RateAlone(target);
            var steal = Steal.Now();
            long startNs = target.Ask().NowNs;
            using var recording = Recorder.Start(recorder, row.RecordsChildren ? target.Pids : $"{target.Pid}", row.Seconds, setting, path);
            Thread.Sleep(s_start);
            double cpuBegin = recording.CpuSeconds();
            Progress begin = target.Ask();
            Thread.Sleep(TimeSpan.FromSeconds(row.Seconds - 0.2) - s_start);
            Progress end = target.Ask();
            double cpuEnd = recording.CpuSeconds();
            double cpu = recording.Finish();
            double stolen = steal.Since();
            double after = RateAlone(target);
            Truth truth = target.Stop();
            var recorded = Recording.Read(path);
            return new Scoring(recorded, truth, startNs, row.Seconds, row.IsSwept ? SweptWindowNs : 0).Compute() with
            {
                TruthWithinBytes = [.. Recording.Times.Select(time => truth.BytesWithin(time, startNs, startNs + (row.Seconds * 1_000_000_000L)))],
                Within = recorded.Within(),
                OwnCpu = (cpuEnd - cpuBegin) * 1e9 / (end.NowNs - begin.NowNs),
                OwnCpuSeconds = cpu,
                Slowdown = 1 - (end.RateSince(begin) / ((before + after) / 2)),
                Steal = stolen,
            };
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static double RateAlone(Target target)
    {
        Progress begin = target.Ask();
        Thread.Sleep(s_baseline);
        return target.Ask().RateSince(begin);
    }

    private static void RequireMemory(Row row)
    {
        const long Reserve = 2L << 30;
        string line = File.ReadLines("/proc/meminfo").First(text => text.StartsWith("MemAvailable:", StringComparison.Ordinal));
        long available = 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], null);
        if (row.Bytes > 0 && row.Bytes + Reserve > available)
        {
            throw new NotPossibleException($"{available >> 20} MB of memory are available");
        }

        if (row.NeedsMultiSizeFolios && !MultiSizeFolios.AreEnabled())
        {
            throw new NotPossibleException("no size below the huge page's is enabled in /sys/kernel/mm/transparent_hugepage/hugepages-*kB");
        }
    }
}
