using System.Runtime.CompilerServices;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.AccessChecks.HardwareSamples;

/// <summary>The events of this machine that sample the addresses of memory accesses.</summary>
internal static class AddressEvents
{
    internal const string Devices = "/sys/bus/event_source/devices";

    // What perf mem asks for.
    private const ulong SamplesPerSecond = 4_000;
    private static readonly string[] s_loadsAndStores = ["mem-loads", "mem-stores"];
    private const string HighestRate = "/proc/sys/kernel/perf_event_max_sample_rate";

    /// <summary>AMD's instruction-based sampling, or Intel's precise loads and stores; empty where neither is there.</summary>
    internal static IReadOnlyList<PerfEvent.Attr> Find(string devices = Devices)
    {
        if (PmuEvent.TryRead(Path.Combine(devices, "ibs_op"), null) is { } instructions)
        {
            // It samples user and kernel alike and cannot leave either out.
            return [Describe(instructions, Rate(), PerfEvent.Frequency)];
        }

        // Processors with two kinds of cores have two PMUs; the efficient kind samples loads by another event.
        const ulong Flags = PerfEvent.Frequency | PerfEvent.Precise | PerfEvent.ExcludeKernel | PerfEvent.ExcludeHypervisor;
        string core = Directory.Exists(Path.Combine(devices, "cpu_core")) ? "cpu_core" : "cpu";
        return [.. s_loadsAndStores
            .Select(name => PmuEvent.TryRead(Path.Combine(devices, core), name))
            .OfType<PmuEvent>()
            .Select(found => Describe(found, Rate(), Flags))];
    }

    /// <summary>Every page fault of user code with its address: a source without hardware, to prove the way from a sample to a region.</summary>
    internal static IReadOnlyList<PerfEvent.Attr> PageFaults { get; } =
        [Describe(new PmuEvent(PerfEvent.PERF_TYPE_SOFTWARE, PerfEvent.PERF_COUNT_SW_PAGE_FAULTS, 0, 0), period: 1, flags: 0)];

    private static PerfEvent.Attr Describe(PmuEvent found, ulong period, ulong flags) => new()
    {
        Type = found.Type,
        Size = (uint)Unsafe.SizeOf<PerfEvent.Attr>(),
        Config = found.Config,
        Config1 = found.Config1,
        Config2 = found.Config2,
        SamplePeriod = period,
        SampleType = PerfEvent.PERF_SAMPLE_TID | PerfEvent.PERF_SAMPLE_ADDR,
        Flags = PerfEvent.Watermark | flags,
    };

    private static ulong Rate() => File.Exists(HighestRate) && ulong.TryParse(File.ReadAllText(HighestRate), out ulong highest)
        ? Math.Min(highest, SamplesPerSecond)
        : SamplesPerSecond;
}
