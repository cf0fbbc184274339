using Damon.Trace.Exerciser.Linux;
using Damon.Trace.Tracer.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Exerciser;

/// <summary>One thread's share of the work: its slice of every hot sweep and, on the first thread, all warm sweeps.</summary>
internal sealed unsafe class Worker(ExerciserOptions options, MemoryLayout layout, int index)
{
    private const int HotLines = 8;
    private const int WarmLines = 1;
    private const long LongestNapNs = 5_000_000;

    // A run of weeks must not fill the heap with notes; the counts go on.
    private const int MaxNotes = 100_000;

    private readonly HotPlacements _placements = new(layout.Hot, layout.Cold, options.PhaseShiftNs);
    private long _phase;
    private long _phaseBeginNs;
    private long _phaseSweeps;
    private ulong _sum;

    internal List<HotPhase> HotPhases { get; } = new(1024);

    internal List<WarmSweep> WarmSweeps { get; } = new(1024);

    internal long NrHotSweeps { get; private set; }

    internal long NrWarmSweeps { get; private set; }

    /// <summary>Cache lines touched.</summary>
    internal long NrTouches { get; private set; }

    /// <summary>Time spent in hot sweeps.</summary>
    internal long HotNs { get; private set; }

    /// <summary>The shortest hot sweep: what the memory permits when nobody else wants the CPU.</summary>
    internal long ShortestHotNs { get; private set; } = long.MaxValue;

    /// <summary>The longest time from the begin of one hot sweep to the begin of the next.</summary>
    internal long LongestGapNs { get; private set; }

    internal long CpuNs { get; private set; }

    internal long EndNs { get; private set; }

    private bool IsFirst => index == 0;

    /// <summary>Works until the end of the duration or until told to stop.</summary>
    internal void Run(long beginNs, StopRequest stop)
    {
        long cpuBegin = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID);
        long endNs = options.DurationNs == 0 ? long.MaxValue : beginNs + options.DurationNs;
        (ulong offset, ulong nrPages) = Slice();
        ulong stride = Toucher.StrideFor(nrPages, options.Pattern);
        long nextWarmNs = IsFirst && layout.Warm.Size > 0 ? beginNs : long.MaxValue;
        long now = Time.GetNs(Time.CLOCK_MONOTONIC);
        _phaseBeginNs = now;
        while (now < endNs && !stop.IsRequested)
        {
            if (_placements.NumberAt(now - beginNs) is long phase && phase != _phase)
            {
                EndPhase(now);
                _phase = phase;
            }

            long sweepBegin = now;
            if (nrPages > 0)
            {
                SweepHot(offset, nrPages, stride);
                now = Time.GetNs(Time.CLOCK_MONOTONIC);
                HotNs += now - sweepBegin;
                ShortestHotNs = Math.Min(ShortestHotNs, now - sweepBegin);
            }

            if (now >= nextWarmNs)
            {
                SweepWarm(now);
                nextWarmNs = Math.Max(nextWarmNs + options.WarmPeriodNs, now);
            }

            Pause(nrPages == 0, Math.Min(endNs, nextWarmNs));
            now = Time.GetNs(Time.CLOCK_MONOTONIC);
            LongestGapNs = Math.Max(LongestGapNs, now - sweepBegin);
        }

        EndPhase(now);
        EndNs = now;
        CpuNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - cpuBegin;
        GC.KeepAlive(_sum);
    }

    /// <summary>The pages of the hot range that are this thread's.</summary>
    private (ulong Offset, ulong NrPages) Slice()
    {
        ulong pages = layout.Hot.Size / ExerciserOptions.PageSize;
        ulong first = pages * (ulong)index / (ulong)options.NrThreads;
        ulong last = pages * (ulong)(index + 1) / (ulong)options.NrThreads;
        return (first * ExerciserOptions.PageSize, last - first);
    }

    private void SweepHot(ulong offset, ulong nrPages, ulong stride)
    {
        byte* start = (byte*)(_placements.Get(_phase).Start + offset);
        if (options.DropsHotPages)
        {
            SysMman.Advise(start, nrPages * ExerciserOptions.PageSize, MADV_DONTNEED);
        }

        _sum += Toucher.Sweep(start, nrPages, stride, options.Access, HotLines);
        NrHotSweeps++;
        _phaseSweeps++;
        NrTouches += (long)nrPages * HotLines;
    }

    private void SweepWarm(long beginNs)
    {
        ulong nrPages = layout.Warm.Size / ExerciserOptions.PageSize;
        _sum += Toucher.Sweep(
            (byte*)layout.Warm.Start, nrPages, Toucher.StrideFor(nrPages, options.Pattern), options.Access, WarmLines);
        NrWarmSweeps++;
        NrTouches += (long)nrPages * WarmLines;
        if (WarmSweeps.Count < MaxNotes)
        {
            WarmSweeps.Add(new WarmSweep(beginNs, Time.GetNs(Time.CLOCK_MONOTONIC)));
        }
    }

    // Without a hot range there is nothing to do but to wait for the next warm sweep.
    private void Pause(bool idle, long nextEventNs)
    {
        long now = Time.GetNs(Time.CLOCK_MONOTONIC);
        if (idle)
        {
            Time.SleepUntil(Math.Min(nextEventNs, now + LongestNapNs));
        }
        else if (options.ThrottleNs > 0)
        {
            Time.SleepUntil(now + options.ThrottleNs);
        }
    }

    private void EndPhase(long now)
    {
        if (layout.Hot.Size > 0 && HotPhases.Count < MaxNotes)
        {
            HotPhases.Add(new HotPhase(_placements.Get(_phase), _phaseBeginNs, now, _phaseSweeps));
        }

        _phaseBeginNs = now;
        _phaseSweeps = 0;
    }
}
