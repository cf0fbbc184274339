using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Damon.Trace.Tracer.AccessSamples;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Benchmarks;

/// <summary>
/// What looking at who accesses memory costs a target, and the looks themselves: quarters of a second with and without in turn, each held against
/// those before and after it. Stopping the process that looks would not do, for what it has armed in the kernel goes on; so the sampler is told to
/// take everything back. What monitoring costs the same target is measured in the same way, by stopping the recorder, and apart from what the looks
/// add to it.
/// </summary>
internal static class WhoCost
{
    private const int SettlingMs = 5000;

    // A machine's speed drifts by more than a look costs: short enough to see the same machine with and without.
    private static readonly TimeSpan s_piece = TimeSpan.FromMilliseconds(250);

    // The code of the sampler is compiled by then, and what it may spend at once at the beginning is spent.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(3);

    private static readonly (string Title, string[] Arguments)[] s_targets =
    [
        ("sweep of 32 MB", ["sweep", "32", "1"]), ("sweep of 32 MB, 2 threads", ["sweep", "32", "2"]), ("random reads of 512 MB", ["random", "512", "1"]),
    ];

    /// <summary>Writes a table in Markdown.</summary>
    /// <param name="recorder">The published command line.</param>
    /// <param name="load">load.c, compiled.</param>
    /// <param name="pairs">Quarters of a second with, and as many without.</param>
    /// <param name="rows">Which rows.</param>
    /// <param name="output">Receives the table.</param>
    internal static void Write(string recorder, string load, int pairs, Regex rows, TextWriter output)
    {
        output.WriteLine("| target | what is done | slowdown by the clock | slowdown per second on a CPU | looks a second | their own estimate | own CPU | per look |");
        output.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach ((string title, string[] arguments) in s_targets)
        {
            Row("recording", (target, recording) => Monitoring(target, recording!, pairs), recorded: true);
            foreach (string sampler in AccessSamplers.Names)
            {
                Row($"looks by {sampler}", (target, _) => Looks(target, sampler, pairs), recorded: false);
                Row($"looks by {sampler} beside a recording", (target, _) => Looks(target, sampler, pairs), recorded: true);
            }

            void Row(string what, Func<Load, Recording?, Cost> measure, bool recorded)
            {
                if (rows.IsMatch($"{title}: {what}"))
                {
                    using var target = Load.Start(load, arguments);
                    using Recording? recording = recorded ? Recording.Start(recorder, target.Pid) : null;
                    Thread.Sleep(recorded ? SettlingMs : 1000);
                    output.WriteLine(measure(target, recording).Row(title, what));
                }
            }
        }
    }

    private static Cost Looks(Load target, string name, int pairs)
    {
        using var process = TargetProcess.Open(target.Pid);
        using AccessSampler sampler = AccessSamplers.Open(name, process, new AccessSamplerOptions { Ranges = [target.Range], Seed = 1 }, out _);
        AccessSampleCallback ignore = static (in AccessSample sample, ReadOnlySpan<ulong> stack) => { };
        sampler.Run(s_warmUp, ignore, CancellationToken.None);
        sampler.Complete(ignore);
        var cost = new Cost();
        cost.BeginLooks(sampler.Counters);
        target.Take(cost);
        for (int i = 0; i < pairs; i++)
        {
            Thread.Sleep(s_piece);
            target.Take(cost);
            sampler.Run(s_piece, ignore, CancellationToken.None);
            sampler.Complete(ignore);
            target.Take(cost);
        }

        Thread.Sleep(s_piece);
        target.Take(cost);
        cost.EndLooks(sampler.Counters);
        return cost;
    }

    private static Cost Monitoring(Load target, Recording recording, int pairs)
    {
        var cost = new Cost();
        recording.Send("STOP");
        target.Take(cost);
        for (int i = 0; i < pairs; i++)
        {
            Thread.Sleep(s_piece);
            target.Take(cost);
            double cpu = recording.CpuSeconds;
            recording.Send("CONT");
            Thread.Sleep(s_piece);
            recording.Send("STOP");
            target.Take(cost);
            cost.OwnCpuSeconds += recording.CpuSeconds - cpu;
        }

        Thread.Sleep(s_piece);
        target.Take(cost);
        recording.Send("CONT");
        return cost;
    }

    /// <summary>Pieces of time, without and with in turn, and what was done in them.</summary>
    private sealed class Cost
    {
        private readonly List<double> _byClock = [];
        private readonly List<double> _byCpu = [];
        private (long Ns, long Work, long CpuNs) _before;
        private double _seconds;
        private double _targetCpuSeconds;
        private long _looks;
        private double _estimate;

        internal double OwnCpuSeconds { get; set; }

        internal void End((long Ns, long Work, long CpuNs) now)
        {
            if (_before.Ns != 0)
            {
                double work = now.Work - _before.Work;
                _byClock.Add(work / (now.Ns - _before.Ns));
                _byCpu.Add(work / (now.CpuNs - _before.CpuNs));
                bool isWith = _byClock.Count % 2 == 0;
                _seconds += isWith ? (now.Ns - _before.Ns) / 1e9 : 0;
                _targetCpuSeconds += isWith ? (now.CpuNs - _before.CpuNs) / 1e9 : 0;
            }

            _before = now;
        }

        internal void BeginLooks(AccessSamplerCounters counters) =>
            (_looks, _estimate, OwnCpuSeconds) = (-counters.NrProbes, -counters.TargetCostNs / 1e9, -counters.OwnCpuNs / 1e9);

        internal void EndLooks(AccessSamplerCounters counters)
        {
            _looks += counters.NrProbes;
            _estimate += counters.TargetCostNs / 1e9;
            OwnCpuSeconds += counters.OwnCpuNs / 1e9;
        }

        internal string Row(string target, string what)
        {
            string looks = _looks == 0 ? " | " : FormattableString.Invariant($"{_looks / _seconds:F0} | {100 * _estimate / _targetCpuSeconds:F2} %");
            string perLook = _looks == 0 ? "" : FormattableString.Invariant($"{1e6 * OwnCpuSeconds / _looks:F0} us");
            return FormattableString.Invariant(
                $"| {target} | {what} | {Slowdown(_byClock)} | {Slowdown(_byCpu)} | {looks} | {100 * OwnCpuSeconds / _seconds:F1} % | {perLook} |");
        }

        /// <summary>Of each piece with against the pieces before and after it: the median, and its 95 % interval (by ranks).</summary>
        private static string Slowdown(List<double> rates)
        {
            List<double> lost = [];
            for (int i = 1; i + 1 < rates.Count; i += 2)
            {
                lost.Add(100 * (1 - (rates[i] / ((rates[i - 1] + rates[i + 1]) / 2))));
            }

            lost.Sort();
            int middle = lost.Count / 2;
            int spread = Math.Min(middle, (int)Math.Ceiling(1.96 * Math.Sqrt(lost.Count) / 2));
            return FormattableString.Invariant(
                $"{lost[middle]:F1} % ({lost[middle - spread]:F1} .. {lost[Math.Min(lost.Count - 1, middle + spread)]:F1})");
        }
    }

    /// <summary>load.c, running.</summary>
    private sealed class Load : IDisposable
    {
        private const int LineBytes = 64;

        private readonly Process _process;
        private readonly string _counters;

        private Load(Process process, string counters, AddressRange range)
        {
            _process = process;
            _counters = counters;
            Range = range;
        }

        internal int Pid => _process.Id;

        internal AddressRange Range { get; }

        internal static Load Start(string program, string[] arguments)
        {
            string counters = Path.GetTempFileName();
            Process process = Process.Start(new ProcessStartInfo(program, [counters, .. arguments]) { RedirectStandardOutput = true })!;
            ulong[] ends = [.. process.StandardOutput.ReadLine()!.Split(' ')[1].Split('-')
                .Select(static text => ulong.Parse(text[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            return new Load(process, counters, new AddressRange(ends[0], ends[1]));
        }

        internal void Take(Cost cost) => cost.End(Now());

        /// <inheritdoc/>
        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            File.Delete(_counters);
        }

        private (long Ns, long Work, long CpuNs) Now()
        {
            long work = 0;
            ReadOnlySpan<long> counters = MemoryMarshal.Cast<byte, long>(File.ReadAllBytes(_counters));
            for (int i = 0; i < counters.Length; i += LineBytes / sizeof(long))
            {
                work += counters[i];
            }

            long cpuNs = Directory.GetDirectories($"/proc/{Pid}/task")
                .Sum(static task => long.Parse(File.ReadAllText($"{task}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture));
            return (Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency), work, cpuNs);
        }
    }

    /// <summary>A recording at the defaults.</summary>
    private sealed class Recording : IDisposable
    {
        private readonly Process _process;
        private readonly string _path;

        private Recording(Process process, string path)
        {
            _process = process;
            _path = path;
        }

        internal double CpuSeconds
        {
            get
            {
                _process.Refresh();
                return _process.TotalProcessorTime.TotalSeconds;
            }
        }

        internal static Recording Start(string program, int pid)
        {
            string path = Path.Combine(Path.GetTempPath(), $"who-cost-{pid}.nettrace");
            var start = new ProcessStartInfo(program, ["record", "-p", $"{pid}", "-o", path]) { RedirectStandardError = true };
            return new Recording(Process.Start(start)!, path);
        }

        internal void Send(string signal)
        {
            using Process kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
            kill.WaitForExit();
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Send("CONT");
            Send("TERM");
            _process.WaitForExit();
            _process.Dispose();
            File.Delete(_path);
        }
    }
}
