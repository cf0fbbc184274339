using System.Buffers.Text;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// Prints events byte for byte as <c>perf script</c> does with its default fields for tracepoints:
/// <c>"%16s %*d [%03d] %12s: %*s: %s\n"</c> (linux, tools/perf/builtin-script.c and util/trace-event-parse.c). What the lines of one
/// snapshot share is prepared once by <see cref="Begin"/>.
/// </summary>
/// <remarks>A negative cpu is one the source did not tell: its column is left out, as <c>perf script -F comm,tid,time,...</c>
/// does.</remarks>
internal sealed class PerfScriptFormatter
{
    private const ulong NsPerSecond = 1_000_000_000;
    private const int CommWidth = 16;

    /// <summary>Bytes of a line beyond its shared parts at most: fraction, the two addresses, the two counters, punctuation.</summary>
    private const int OwnBytes = 96 + DecimalText.Slack;

    /// <summary>The same of a line of a scheme: nine numbers and their labels.</summary>
    private const int SchemeBytes = 480 + DecimalText.Slack;

    /// <summary>Of what <see cref="SetPrefix"/> puts behind the thread: cpu and seconds.</summary>
    private const int PrefixBytes = 64;

    private readonly PerfScriptOptions _options;

    // Up to the point of the time: thread, cpu and second. The lines of a snapshot share them, mostly.
    private byte[] _prefix = new byte[160];
    private int _threadLength;
    private int _prefixLength;
    private int _cpu;
    private ulong _secondNs;

    // From behind the time to the addresses.
    private byte[] _middle = new byte[160];
    private int _middleLength;

    public PerfScriptFormatter(PerfScriptOptions options)
    {
        _options = options;
        SetThread("kdamond"u8, 0);
    }

    /// <summary>Sets what the lines of one snapshot share: the kdamond's thread, the target and the number of regions.</summary>
    public void Begin(ReadOnlySpan<byte> comm, int tid, ulong targetId, uint nrRegions)
    {
        SetThread(comm, tid);
        int at = PutName(_middle, 0, "damon:damon_aggregated"u8);
        at = Put(_middle, at, ": target_id="u8);
        at = PutNumber(_middle, at, targetId);
        at = Put(_middle, at, " nr_regions="u8);
        at = PutNumber(_middle, at, nrRegions);
        _middle[at++] = (byte)' ';
        _middleLength = at;
    }

    /// <summary>
    /// One line of the snapshot begun. Bound by two copies and five decimal conversions; no allocation; about 30 ns on a 2-core machine.
    /// </summary>
    /// <returns>False when <paramref name="destination"/> may be too small; then nothing counts as written.</returns>
    public bool TryFormat(in RegionEvent region, Span<byte> destination, out int written)
    {
        written = 0;
        if (destination.Length < MaxHead + _middleLength + OwnBytes)
        {
            return false;
        }

        int at = PutHead(destination, region.Cpu, region.TimestampNs);
        at = Put(destination, at, _middle.AsSpan(0, _middleLength));
        at = PutNumber(destination, at, region.Start);
        destination[at++] = (byte)'-';
        at = PutNumber(destination, at, region.End);
        destination[at++] = (byte)':';
        destination[at++] = (byte)' ';
        at = PutNumber(destination, at, region.NrAccesses);
        destination[at++] = (byte)' ';
        at = PutNumber(destination, at, region.Age);
        destination[at++] = (byte)'\n';
        written = at;
        return true;
    }

    /// <summary>A line of <c>damon_monitor_intervals_tune</c>; ends the snapshot begun.</summary>
    public bool TryFormatIntervalsTune(
        ReadOnlySpan<byte> comm, int tid, int cpu, long timestampNs, ulong sampleUs, Span<byte> destination, out int written)
    {
        SetThread(comm, tid);
        written = 0;
        if (destination.Length < MaxHead + _middle.Length + OwnBytes)
        {
            return false;
        }

        int at = PutHead(destination, cpu, timestampNs);
        at = PutName(destination, at, "damon:damon_monitor_intervals_tune"u8);
        at = Put(destination, at, ": sample_us="u8);
        at = PutNumber(destination, at, sampleUs);
        destination[at++] = (byte)'\n';
        written = at;
        return true;
    }

    /// <summary>A line of one of <c>damos_*</c>; ends the snapshot begun. Counters that were not told are left out.</summary>
    public bool TryFormatScheme(ReadOnlySpan<byte> comm, in SchemeEvent scheme, Span<byte> destination, out int written)
    {
        SetThread(comm, scheme.KdamondTid);
        written = 0;
        if (destination.Length < MaxHead + _middle.Length + SchemeBytes)
        {
            return false;
        }

        int at = PutHead(destination, scheme.Cpu, scheme.TimestampNs);
        at = PutName(destination, at, scheme.Kind switch
        {
            SchemeEventKind.BeforeApply => "damon:damos_before_apply"u8,
            SchemeEventKind.EffectiveQuota => "damon:damos_esz"u8,
            _ => "damon:damos_stat_after_apply_interval"u8,
        });
        at = PutLabelled(destination, at, ": ctx_idx="u8, scheme.ContextIndex);
        at = PutLabelled(destination, at, " scheme_idx="u8, scheme.SchemeIndex);
        at = scheme.Kind switch
        {
            SchemeEventKind.BeforeApply => PutRegion(destination, at, scheme.Region),
            SchemeEventKind.EffectiveQuota => PutLabelled(destination, at, " esz="u8, scheme.EffectiveBytes),
            _ => PutCounters(destination, at, scheme.Statistics),
        };
        destination[at++] = (byte)'\n';
        written = at;
        return true;
    }

    private static int PutRegion(Span<byte> destination, int at, in DamonAggregated region)
    {
        at = PutLabelled(destination, at, " target_idx="u8, region.TargetId);
        at = PutLabelled(destination, at, " nr_regions="u8, region.NrRegions);
        at = PutLabelled(destination, at, " "u8, region.Start);
        at = PutLabelled(destination, at, "-"u8, region.End);
        at = PutLabelled(destination, at, ": "u8, region.NrAccesses);
        return PutLabelled(destination, at, " "u8, region.Age);
    }

    private static int PutCounters(Span<byte> destination, int at, in SchemeStatistics counters)
    {
        at = PutLabelled(destination, at, " nr_tried="u8, counters.NrTried);
        at = PutLabelled(destination, at, " sz_tried="u8, counters.SzTried);
        at = PutLabelled(destination, at, " nr_applied="u8, counters.NrApplied);
        at = PutLabelled(destination, at, " sz_applied="u8, counters.SzApplied);
        at = PutLabelled(destination, at, " sz_ops_filter_passed="u8, counters.SzOpsFilterPassed);
        at = PutLabelled(destination, at, " qt_exceeds="u8, counters.QtExceeds);
        return PutLabelled(destination, at, " nr_snapshots="u8, counters.NrSnapshots);
    }

    private static int PutLabelled(Span<byte> destination, int at, ReadOnlySpan<byte> label, ulong? value) =>
        value is ulong number ? PutNumber(destination, Put(destination, at, label), number) : at;

    private int MaxHead => _threadLength + PrefixBytes;

    /// <summary>"%16s %*d " of the thread. Bytes are padded, not columns, and nothing is ever cut.</summary>
    private void SetThread(ReadOnlySpan<byte> comm, int tid)
    {
        int needed = Math.Max(comm.Length, CommWidth) + 32 + PrefixBytes;
        if (_prefix.Length < needed)
        {
            _prefix = new byte[needed];
        }

        int nameNeeded = Math.Max(_options.NameWidth, PerfScriptOptions.AllEventsNameWidth) + 64 + DecimalText.Slack;
        if (_middle.Length < nameNeeded)
        {
            _middle = new byte[nameNeeded];
        }

        int at = PutRight(_prefix, 0, comm, CommWidth);
        _prefix[at++] = (byte)' ';
        Span<byte> digits = stackalloc byte[16];
        _ = Utf8Formatter.TryFormat(tid, digits, out int length);
        at = PutRight(_prefix, at, digits[..length], _options.TidWidth);
        _prefix[at++] = (byte)' ';
        _threadLength = at;
        _prefixLength = 0;
    }

    /// <summary>": %*s", from behind the time.</summary>
    private int PutName(Span<byte> destination, int at, ReadOnlySpan<byte> name) =>
        PutRight(destination, Put(destination, at, ": "u8), name, _options.NameWidth);

    /// <summary>Everything up to the end of the time; microseconds are cut off, not rounded.</summary>
    private int PutHead(Span<byte> destination, int cpu, long timestampNs)
    {
        ulong rest = (ulong)timestampNs - _secondNs;
        if (rest >= NsPerSecond || cpu != _cpu || _prefixLength == 0)
        {
            rest = SetPrefix(cpu, (ulong)timestampNs);
        }

        int at = Put(destination, 0, _prefix.AsSpan(0, _prefixLength));
        if (_options.Nanoseconds)
        {
            uint tens = (uint)rest / 10;
            DecimalText.WritePadded(destination[at..], tens, 8);
            destination[at + 8] = (byte)('0' + ((uint)rest - (tens * 10)));
            return at + 9;
        }

        DecimalText.WritePadded(destination[at..], (uint)rest / 1000, 6);
        return at + 6;
    }

    /// <summary>
    /// "[%03d] " and the seconds: "%12s" of "&lt;sec&gt;.&lt;usec&gt;" is "%5lu.%06lu", one and the same width. Returns the nanoseconds
    /// beyond the second.
    /// </summary>
    private ulong SetPrefix(int cpu, ulong timeNs)
    {
        Span<byte> digits = stackalloc byte[24 + DecimalText.Slack];
        int at = _threadLength;
        if (cpu >= 0)
        {
            _prefix[at++] = (byte)'[';
            _prefix.AsSpan(at, cpu < 10 ? 2 : cpu < 100 ? 1 : 0).Fill((byte)'0');
            at += cpu < 10 ? 2 : cpu < 100 ? 1 : 0;
            at = PutNumber(_prefix, at, (uint)cpu);
            at = Put(_prefix, at, "] "u8);
        }

        ulong second = timeNs / NsPerSecond;
        at = PutRight(_prefix, at, digits[..DecimalText.Write(digits, second)], 5);
        _prefix[at++] = (byte)'.';
        _prefixLength = at;
        _cpu = cpu;
        _secondNs = second * NsPerSecond;
        return timeNs - _secondNs;
    }

    private static int Put(Span<byte> destination, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination[at..]);
        return at + bytes.Length;
    }

    private static int PutRight(Span<byte> destination, int at, ReadOnlySpan<byte> bytes, int width)
    {
        int blanks = Math.Max(0, width - bytes.Length);
        destination.Slice(at, blanks).Fill((byte)' ');
        return Put(destination, at + blanks, bytes);
    }

    private static int PutNumber(Span<byte> destination, int at, ulong value) => at + DecimalText.Write(destination[at..], value);
}
