using System.Text.Json;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Cli.Snapshots;

/// <summary>Makes the result of a snapshot.</summary>
internal static class SnapshotResults
{
    private const ulong HugeBytes = 2UL << 20;

    internal static SnapshotResult Of(
        TargetProcess process, IReadOnlyList<ExactPages> windows, IReadOnlyList<ExactMapping> mappings, long sweepNs, long cpuNs)
    {
        ulong touched = Sum(mappings, mapping => mapping.TouchedBytes);
        ulong cold = Sum(mappings, mapping => mapping.UntouchedBytes);
        ulong unknown = Sum(mappings, mapping => mapping.UnknownBytes);
        double nsPerPage = TouchCost.Measure();
        return new SnapshotResult
        {
            Pid = process.Pid,
            Comm = process.Comm,
            CommandLine = process.CommandLine,
            TakenWallSeconds = Time.GetNs(Time.CLOCK_REALTIME) / 1e9,
            PageBytes = PageBytes,
            Windows = [.. windows.Select(pages => new SnapshotWindow(pages.WindowNs / 1e9, pages.ReadNs / 1e9, pages.TouchedBytes))],
            TouchedBytes = touched,
            ColdBytes = cold,
            UnknownBytes = unknown,
            ResidentBytes = touched + cold + unknown,
            Mappings = [.. mappings.Select(Of)],
            Cost = new SnapshotCost(
                cpuNs / 1e9, sweepNs / 1e9, nsPerPage > 0 ? BitsSet(mappings) * nsPerPage / 1e9 : null, nsPerPage > 0 ? nsPerPage : null),
        };
    }

    internal static void WriteJson(SnapshotResult result, TextWriter output) =>
        output.WriteLine(JsonSerializer.Serialize(result, ProgramJson.Readable.SnapshotResult));

    private static ulong PageBytes => (ulong)Environment.SystemPageSize;

    private static SnapshotMapping Of(ExactMapping mapping) => new()
    {
        Start = mapping.Mapping.Start,
        End = mapping.Mapping.End,
        Permissions = mapping.Mapping.Permissions,
        Name = mapping.Mapping.Name,
        TouchedPages = mapping.TouchedBytes / PageBytes,
        ColdPages = mapping.UntouchedBytes / PageBytes,
        UnknownPages = mapping.UnknownBytes / PageBytes,
        ResidentPages = mapping.ResidentBytes / PageBytes,
        HugePages = mapping.HugeBytes / PageBytes,
        Unknown = new SnapshotUnknown(
            mapping.HugeTlbBytes / PageBytes, mapping.DeviceBytes / PageBytes, mapping.OtherSamplerBytes / PageBytes,
            mapping.NotDescribedBytes / PageBytes),
    };

    /// <summary>Bits the processor had to set again: one for each touched page, where all of a mapping is huge one for 2 MiB.</summary>
    private static double BitsSet(IReadOnlyList<ExactMapping> mappings) => mappings.Sum(mapping =>
    {
        bool isHuge = mapping.HugeBytes > 0 && mapping.HugeBytes == mapping.TouchedBytes + mapping.UntouchedBytes;
        return mapping.TouchedBytes / (double)(isHuge ? HugeBytes : PageBytes);
    });

    private static ulong Sum(IReadOnlyList<ExactMapping> mappings, Func<ExactMapping, ulong> bytes) =>
        mappings.Aggregate(0UL, (sum, mapping) => sum + bytes(mapping));
}
