using System.Globalization;
using System.Runtime.InteropServices;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests;

/// <summary>Writes down every call as a line, so that two readers can be compared.</summary>
internal sealed class RecordedCalls : IRecordingSink
{
    public List<string> Lines { get; } = [];

    public RecordingEnd? End { get; private set; }

    public long Regions { get; private set; }

    /// <summary>Called after each snapshot; for tests that follow a live session.</summary>
    public Action<Snapshot>? Seen { get; init; }

    public void OnContext(ContextDescription context) => Lines.Add(context.ToString());

    public void OnTarget(TargetDescription target) => Lines.Add(target.ToString());

    public void OnMapping(MappingDescription mapping) => Lines.Add(mapping.ToString());

    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) =>
        Lines.Add(string.Create(CultureInfo.InvariantCulture, $"tuned {timestampNs} {cpu} {kdamond} {kdamondTid} {sampleUs}"));

    public void OnHeartbeat(in Heartbeat heartbeat) =>
        Lines.Add(string.Create(CultureInfo.InvariantCulture, $"heartbeat {heartbeat.WallNs} {heartbeat.MonotonicNs} {heartbeat.NrEvents}"));

    public void OnFootprint(in Footprint footprint) =>
        Lines.Add(string.Create(CultureInfo.InvariantCulture, $"footprint {footprint.TargetId} {footprint.TimeNs} {footprint.RssBytes}"));

    public void OnScheme(in SchemeEvent scheme)
    {
        Lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{scheme.Kind} {scheme.TimestampNs} {scheme.Cpu} {scheme.Kdamond} {scheme.KdamondTid} {scheme.ContextIndex}.{scheme.SchemeIndex} "
            + $"{scheme.Region.TargetId} {scheme.Region.NrRegions} {scheme.Region.Start}-{scheme.Region.End} {scheme.Region.NrAccesses} "
            + $"{scheme.Region.Age} {scheme.EffectiveBytes} {scheme.Statistics}"));
    }

    public void OnAccess(in AccessEvent access)
    {
        string frames = string.Join(' ', access.Stack?.Frames.Select(static frame => frame.ToString()) ?? []);
        string runs = string.Join(' ', access.Runs?.Select(static run => $"{run.Start:x}-{run.End:x}") ?? []);
        string pages = string.Join(' ', access.Pages?.Select(static page => $"{page.Start:x} {page.Touched} {page.IsCollapsed}") ?? []);
        AccessRecord record = access.Access;
        AccessSamplerCounts counts = access.Sampler?.Counts ?? default;
        string bytes = Convert.ToHexString(MemoryMarshal.AsBytes(new ReadOnlySpan<AccessRecord>(in record)))
            + Convert.ToHexString(MemoryMarshal.AsBytes(new ReadOnlySpan<AccessSamplerCounts>(in counts)));
        Lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"access {access.Kind} {access.TargetId} {access.TimeNs} {access.Thread} {frames} {runs} {access.HugePages.IsCut} {pages} {access.Split.WindowNs} {access.Split.CostNs} {bytes} ")
            + $"{access.Sampler?.Sampler} {access.Sampler?.Unit} {access.Sampler?.Remark}");
    }

    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        ulong sum = 0;
        foreach (ref readonly IdleRecord record in records)
        {
            sum = unchecked((sum * 31) + record.Mapping + record.ResidentPages + record.NrUnknown);
            foreach (ushort pages in record.NrPages)
            {
                sum = unchecked((sum * 31) + pages);
            }
        }

        Lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"idle {idle.TargetId} {idle.TimeNs} {idle.SinceNs} {idle.ShortNs} {idle.LongNs} {idle.Generation} {idle.NrPages} {records.Length} {sum:x}"));
    }

    public void OnSnapshot(Snapshot snapshot)
    {
        Regions += snapshot.Count;
        ulong sum = 0;
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            sum = unchecked((sum * 31) + (ulong)region.TimestampNs + region.Start + (region.End * 3) + region.NrAccesses + region.Age
                + (ulong)region.Cpu);
        }

        foreach (ref readonly RegionEstimateRecord estimate in snapshot.Estimates)
        {
            sum = unchecked((sum * 31) + estimate.ResidentPages + (estimate.UnknownPages * 3) + (ulong)(estimate.TouchedPages * 100));
        }

        Lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"snapshot {snapshot.Kdamond} {snapshot.KdamondTid} {snapshot.TargetId} {snapshot.Pid} #{snapshot.Number} "
            + $"{snapshot.Count}/{snapshot.NrRegions} {snapshot.Complete} {snapshot.BeginNs}..{snapshot.EndNs} {snapshot.NrSamples} "
            + $"{snapshot.NrUnclearable} {snapshot.NrUnprepared} {snapshot.NrLate} {snapshot.NrMissed} {snapshot.WindowsNs} "
            + $"{snapshot.SampleUs} {snapshot.AggrUs} {snapshot.Memory?.ResidentBytes} {snapshot.Memory?.TouchedBytes} "
            + $"{snapshot.Estimates.Length} {sum:x}"));
        Seen?.Invoke(snapshot);
    }

    public void OnEnd(RecordingEnd end) => End = end;
}
