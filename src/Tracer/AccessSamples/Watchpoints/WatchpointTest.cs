using System.Runtime.CompilerServices;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.AccessSamples.Watchpoints;

/// <summary>
/// Whether watchpoints work on this machine, found out on memory of this process: some hypervisors let the kernel set the debug registers and
/// never stop at them.
/// </summary>
/// <param name="Capability">Yes, or why not.</param>
/// <param name="StopNs">What a stop costs the thread, in nanoseconds.</param>
/// <param name="SeesKernel">Accesses made by the kernel may be watched as well.</param>
internal sealed record WatchpointTest(Capability Capability, double StopNs, bool SeesKernel)
{
    private const int Batches = 9;
    private const int StopsOfBatch = 8;
    private const int Stops = Batches * StopsOfBatch;
    private const string SettingsPath = "/proc/sys/kernel/perf_event_paranoid";

    internal static unsafe WatchpointTest Run()
    {
        // Not on the heap: the collector may move that.
        ulong* words = stackalloc ulong[2];
        ulong* word = (ulong*)(((ulong)words + 7) & ~7UL);
        bool withKernel = true;
        Watchpoint? watchpoint = Watchpoint.Arm(Unistd.gettid(), 1, (ulong)word, Stops, withKernel, out int errno);
        if (errno is Errno.EACCES or Errno.EPERM)
        {
            withKernel = false;
            watchpoint = Watchpoint.Arm(Unistd.gettid(), 1, (ulong)word, Stops, withKernel, out errno);
        }

        if (watchpoint is null)
        {
            return new WatchpointTest(Refused(errno), 0, false);
        }

        using (watchpoint)
        {
            // The median: on a busy machine this thread loses the processor in some of the batches.
            Span<long> tookNs = stackalloc long[Batches];
            foreach (ref long batchNs in tookNs)
            {
                long beganNs = Time.GetNs(Time.CLOCK_MONOTONIC);
                Touch(word);
                batchNs = Time.GetNs(Time.CLOCK_MONOTONIC) - beganNs;
            }

            tookNs.Sort();
            var hits = new StopCount();
            _ = watchpoint.Read(ref hits);
            return hits.Count > 0
                ? new WatchpointTest(Capability.Yes, (double)tookNs[Batches / 2] / StopsOfBatch, withKernel)
                : new WatchpointTest(NeverStops, 0, false);
        }
    }

    private static Capability NeverStops { get; } = Capability.No(
        "the kernel sets watchpoints and the processor never stops at them: the hypervisor does not pass its debug registers on",
        "use --by instructions; another machine, or bare metal, has them");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe void Touch(ulong* word)
    {
        for (int i = 0; i < StopsOfBatch; i++)
        {
            Volatile.Write(ref *word, (ulong)i);
        }
    }

    private static Capability Refused(int errno) => errno switch
    {
        Errno.ENOSPC => Capability.No("all debug registers are taken", "end the debugger, or the perf that uses mem: events"),
        Errno.EACCES or Errno.EPERM => Capability.No(
            $"perf_event_open refuses: {Errno.Describe(errno)}",
            $"run as root or with CAP_PERFMON; or lower {SettingsPath}, here {Paranoid()}; a container's seccomp filter refuses root as well"),
        Errno.ENOSYS => Capability.No(
            $"perf_event_open refuses: {Errno.Describe(errno)}", "the kernel has no perf events, or a seccomp filter of a container keeps them away"),
        _ => Capability.No($"perf_event_open refuses a watchpoint: {Errno.Describe(errno)}", "use --by instructions"),
    };

    private static string Paranoid()
    {
        try
        {
            return File.ReadAllText(SettingsPath).Trim();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return "unknown";
        }
    }

    private struct StopCount : IWatchpointSink
    {
        internal int Count { get; private set; }

        public void OnHit(in WatchpointHit hit, ReadOnlySpan<ulong> callers) => Count++;
    }
}
