using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Tracing;
using System.Runtime.InteropServices;
using Damon.Trace.Events;

namespace Damon.Trace.Tracer.Tracepoints;

/// <summary>
/// The user-space tracepoint: an EventPipe provider named <c>Damon</c>. Any EventPipe reader that attaches to the process sees the events
/// live. Events are written with WriteEventCore and stack-allocated data: no allocation, about 0.15 us an event with one session.
/// The parameter names and their order are the payload other tools show; the layouts are documented in src/Events.
/// </summary>
[EventSource(Name = DamonProvider.Name)]
[UnconditionalSuppressMessage(
    "Trimming", "IL2026", Justification = "WriteEventCore serializes no objects here: all payloads are pointers to numbers and characters.")]
public sealed unsafe class DamonEventSource : EventSource
{
    /// <summary>The provider. A second instance of the same name would not be seen by sessions, so there is only this one.</summary>
    public static readonly DamonEventSource Log = new();

    private int _attachCount;

    private DamonEventSource()
    {
    }

    /// <summary>Counts the sessions that have attached so far: when it has changed, descriptions have to be repeated for the late attacher.</summary>
    public int AttachCount => Volatile.Read(ref _attachCount);

    /// <summary>Writes <see cref="DamonEventName.Aggregated"/>.</summary>
    [Event(DamonEventId.Aggregated, Level = EventLevel.Informational)]
    public void damon_aggregated(ulong target_id, uint nr_regions, ulong start, ulong end, uint nr_accesses, uint age)
    {
        EventData* data = stackalloc EventData[6];
        Set(data, &target_id, sizeof(ulong));
        Set(data + 1, &nr_regions, sizeof(uint));
        Set(data + 2, &start, sizeof(ulong));
        Set(data + 3, &end, sizeof(ulong));
        Set(data + 4, &nr_accesses, sizeof(uint));
        Set(data + 5, &age, sizeof(uint));
        WriteEventCore(DamonEventId.Aggregated, 6, data);
    }

    /// <summary>Writes <see cref="DamonEventName.MonitorIntervalsTune"/>.</summary>
    [Event(DamonEventId.MonitorIntervalsTune, Level = EventLevel.Informational)]
    public void damon_monitor_intervals_tune(ulong sample_us)
    {
        EventData* data = stackalloc EventData[1];
        Set(data, &sample_us, sizeof(ulong));
        WriteEventCore(DamonEventId.MonitorIntervalsTune, 1, data);
    }

    /// <summary>Writes <see cref="DamonEventName.BeforeApply"/>.</summary>
    [Event(DamonEventId.BeforeApply, Level = EventLevel.Informational)]
    public void damos_before_apply(
        uint context_idx, uint scheme_idx, ulong target_idx, uint nr_regions, ulong start, ulong end, uint nr_accesses, uint age)
    {
        EventData* data = stackalloc EventData[8];
        Set(data, &context_idx, sizeof(uint));
        Set(data + 1, &scheme_idx, sizeof(uint));
        Set(data + 2, &target_idx, sizeof(ulong));
        Set(data + 3, &nr_regions, sizeof(uint));
        Set(data + 4, &start, sizeof(ulong));
        Set(data + 5, &end, sizeof(ulong));
        Set(data + 6, &nr_accesses, sizeof(uint));
        Set(data + 7, &age, sizeof(uint));
        WriteEventCore(DamonEventId.BeforeApply, 8, data);
    }

    /// <summary>Writes <see cref="DamonEventName.EffectiveSize"/>.</summary>
    [Event(DamonEventId.EffectiveSize, Level = EventLevel.Informational)]
    public void damos_esz(uint context_idx, uint scheme_idx, ulong esz)
    {
        EventData* data = stackalloc EventData[3];
        Set(data, &context_idx, sizeof(uint));
        Set(data + 1, &scheme_idx, sizeof(uint));
        Set(data + 2, &esz, sizeof(ulong));
        WriteEventCore(DamonEventId.EffectiveSize, 3, data);
    }

    /// <summary>Writes <see cref="DamonEventName.SchemeStatistics"/>.</summary>
    [Event(DamonEventId.SchemeStatistics, Level = EventLevel.Informational)]
    public void damos_stat_after_apply_interval(
        uint context_idx, uint scheme_idx, ulong nr_tried, ulong sz_tried, ulong nr_applied, ulong sz_applied,
        ulong sz_ops_filter_passed, ulong qt_exceeds, ulong nr_snapshots)
    {
        EventData* data = stackalloc EventData[9];
        Set(data, &context_idx, sizeof(uint));
        Set(data + 1, &scheme_idx, sizeof(uint));
        Set(data + 2, &nr_tried, sizeof(ulong));
        Set(data + 3, &sz_tried, sizeof(ulong));
        Set(data + 4, &nr_applied, sizeof(ulong));
        Set(data + 5, &sz_applied, sizeof(ulong));
        Set(data + 6, &sz_ops_filter_passed, sizeof(ulong));
        Set(data + 7, &qt_exceeds, sizeof(ulong));
        Set(data + 8, &nr_snapshots, sizeof(ulong));
        WriteEventCore(DamonEventId.SchemeStatistics, 9, data);
    }

    /// <summary>Writes <see cref="DamonEventName.Context"/>.</summary>
    [Event(DamonEventId.Context, Level = EventLevel.Informational)]
    public void damon_trace_context(
        ulong sample_us, ulong aggr_us, ulong update_us, uint min_nr_regions, uint max_nr_regions,
        string kdamond, string operations, string access_check, string labels)
    {
        fixed (char* kdamondText = kdamond, operationsText = operations, accessCheckText = access_check, labelsText = labels)
        {
            EventData* data = stackalloc EventData[9];
            Set(data, &sample_us, sizeof(ulong));
            Set(data + 1, &aggr_us, sizeof(ulong));
            Set(data + 2, &update_us, sizeof(ulong));
            Set(data + 3, &min_nr_regions, sizeof(uint));
            Set(data + 4, &max_nr_regions, sizeof(uint));
            Set(data + 5, kdamondText, TextSize(kdamond));
            Set(data + 6, operationsText, TextSize(operations));
            Set(data + 7, accessCheckText, TextSize(access_check));
            Set(data + 8, labelsText, TextSize(labels));
            WriteEventCore(DamonEventId.Context, 9, data);
        }
    }

    /// <summary>Writes <see cref="DamonEventName.Target"/>.</summary>
    [Event(DamonEventId.Target, Level = EventLevel.Informational)]
    public void damon_trace_target(ulong target_id, int pid, ulong start_time_ticks, string comm, string command_line)
    {
        fixed (char* commText = comm, commandLineText = command_line)
        {
            EventData* data = stackalloc EventData[5];
            Set(data, &target_id, sizeof(ulong));
            Set(data + 1, &pid, sizeof(int));
            Set(data + 2, &start_time_ticks, sizeof(ulong));
            Set(data + 3, commText, TextSize(comm));
            Set(data + 4, commandLineText, TextSize(command_line));
            WriteEventCore(DamonEventId.Target, 5, data);
        }
    }

    /// <summary>Writes <see cref="DamonEventName.Mapping"/>.</summary>
    [Event(DamonEventId.Mapping, Level = EventLevel.Informational)]
    public void damon_trace_mapping(
        ulong target_id, uint generation, uint nr_mappings, ulong start, ulong end, string permissions, string name, string label)
    {
        fixed (char* permissionsText = permissions, nameText = name, labelText = label)
        {
            EventData* data = stackalloc EventData[8];
            Set(data, &target_id, sizeof(ulong));
            Set(data + 1, &generation, sizeof(uint));
            Set(data + 2, &nr_mappings, sizeof(uint));
            Set(data + 3, &start, sizeof(ulong));
            Set(data + 4, &end, sizeof(ulong));
            Set(data + 5, permissionsText, TextSize(permissions));
            Set(data + 6, nameText, TextSize(name));
            Set(data + 7, labelText, TextSize(label));
            WriteEventCore(DamonEventId.Mapping, 8, data);
        }
    }

    /// <summary>Writes <see cref="DamonEventName.Snapshot"/>.</summary>
    [Event(DamonEventId.Snapshot, Level = EventLevel.Informational)]
    public void damon_trace_snapshot(
        ulong target_id, ulong snapshot, ulong begin_ns, ulong end_ns, ulong sample_us, ulong aggr_us,
        uint nr_regions, uint nr_samples, uint nr_unclearable, uint nr_unprepared, uint nr_late, uint nr_missed, ulong windows_ns,
        uint cpu, ulong resident_bytes, ulong unknown_bytes, ulong touched_bytes, ulong touched_error_bytes)
    {
        EventData* data = stackalloc EventData[18];
        Set(data, &target_id, sizeof(ulong));
        Set(data + 1, &snapshot, sizeof(ulong));
        Set(data + 2, &begin_ns, sizeof(ulong));
        Set(data + 3, &end_ns, sizeof(ulong));
        Set(data + 4, &sample_us, sizeof(ulong));
        Set(data + 5, &aggr_us, sizeof(ulong));
        Set(data + 6, &nr_regions, sizeof(uint));
        Set(data + 7, &nr_samples, sizeof(uint));
        Set(data + 8, &nr_unclearable, sizeof(uint));
        Set(data + 9, &nr_unprepared, sizeof(uint));
        Set(data + 10, &nr_late, sizeof(uint));
        Set(data + 11, &nr_missed, sizeof(uint));
        Set(data + 12, &windows_ns, sizeof(ulong));
        Set(data + 13, &cpu, sizeof(uint));
        Set(data + 14, &resident_bytes, sizeof(ulong));
        Set(data + 15, &unknown_bytes, sizeof(ulong));
        Set(data + 16, &touched_bytes, sizeof(ulong));
        Set(data + 17, &touched_error_bytes, sizeof(ulong));
        WriteEventCore(DamonEventId.Snapshot, 18, data);
    }

    /// <summary>The manifest knows blobs as byte[]; they travel as their size in bytes and the bytes.</summary>
    [Event(DamonEventId.Estimates, Level = EventLevel.Informational)]
    public void damon_trace_estimates(ulong target_id, uint first_region, uint nr_regions, byte[] estimates) =>
        WriteEstimates(target_id, first_region, MemoryMarshal.Cast<byte, RegionEstimateRecord>(estimates));

    /// <summary>The same without an array.</summary>
    [NonEvent]
    public void WriteEstimates(ulong target_id, uint first_region, ReadOnlySpan<RegionEstimateRecord> estimates)
    {
        fixed (RegionEstimateRecord* records = estimates)
        {
            uint nr_regions = (uint)estimates.Length;
            int size = estimates.Length * sizeof(RegionEstimateRecord);
            EventData* data = stackalloc EventData[5];
            Set(data, &target_id, sizeof(ulong));
            Set(data + 1, &first_region, sizeof(uint));
            Set(data + 2, &nr_regions, sizeof(uint));
            Set(data + 3, &size, sizeof(int));
            Set(data + 4, records, size);
            WriteEventCore(DamonEventId.Estimates, 5, data);
        }
    }

    /// <summary>The manifest knows blobs as byte[]; they travel as their size in bytes and the bytes.</summary>
    [Event(DamonEventId.Idle, Level = EventLevel.Informational)]
    public void damon_trace_idle(
        ulong target_id, ulong time_ns, ulong since_ns, ulong short_ns, ulong long_ns, uint generation, uint nr_records,
        ulong changes_0, ulong changes_1, ulong changes_2, uint changes_3, uint nr_pages, byte[] records) =>
        throw new NotSupportedException($"events are written by {nameof(WriteIdle)}");

    /// <summary>The event, from the structs its payload is made of.</summary>
    [NonEvent]
    public void WriteIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        fixed (IdlePages* head = &idle)
        fixed (IdleRecord* body = records)
        {
            // One descriptor per parameter, as listeners within the process decode them.
            ReadOnlySpan<int> sizes = [8, 8, 8, 8, 8, 4, 4, 8, 8, 8, 4, 4];
            EventData* data = stackalloc EventData[14];
            byte* field = (byte*)head;
            for (int i = 0; i < sizes.Length; i++)
            {
                Set(data + i, field, sizes[i]);
                field += sizes[i];
            }

            int size = records.Length * sizeof(IdleRecord);
            Set(data + 12, &size, sizeof(int));
            Set(data + 13, body, size);
            WriteEventCore(DamonEventId.Idle, 14, data);
        }
    }

    /// <summary>Writes <see cref="DamonEventName.Heartbeat"/>.</summary>
    [Event(DamonEventId.Heartbeat, Level = EventLevel.Informational)]
    public void damon_trace_heartbeat(
        ulong wall_ns, ulong monotonic_ns, ulong nr_snapshots, ulong nr_events,
        ulong nr_late, ulong nr_missed, ulong kdamond_cpu_ns, ulong process_cpu_ns)
    {
        EventData* data = stackalloc EventData[8];
        Set(data, &wall_ns, sizeof(ulong));
        Set(data + 1, &monotonic_ns, sizeof(ulong));
        Set(data + 2, &nr_snapshots, sizeof(ulong));
        Set(data + 3, &nr_events, sizeof(ulong));
        Set(data + 4, &nr_late, sizeof(ulong));
        Set(data + 5, &nr_missed, sizeof(ulong));
        Set(data + 6, &kdamond_cpu_ns, sizeof(ulong));
        Set(data + 7, &process_cpu_ns, sizeof(ulong));
        WriteEventCore(DamonEventId.Heartbeat, 8, data);
    }

    /// <summary>Writes <see cref="DamonEventName.Footprint"/>.</summary>
    [Event(DamonEventId.Footprint, Level = EventLevel.Informational)]
    public void damon_trace_footprint(
        ulong target_id, ulong time_ns, ulong vsz_bytes, ulong rss_bytes, ulong pss_bytes, ulong swap_bytes)
    {
        EventData* data = stackalloc EventData[6];
        Set(data, &target_id, sizeof(ulong));
        Set(data + 1, &time_ns, sizeof(ulong));
        Set(data + 2, &vsz_bytes, sizeof(ulong));
        Set(data + 3, &rss_bytes, sizeof(ulong));
        Set(data + 4, &pss_bytes, sizeof(ulong));
        Set(data + 5, &swap_bytes, sizeof(ulong));
        WriteEventCore(DamonEventId.Footprint, 6, data);
    }

    /// <summary>The manifest knows blobs as byte[]; they travel as their size in bytes and the bytes.</summary>
    [Event(DamonEventId.Relayed, Level = EventLevel.Informational)]
    public void damon_trace_relayed(int tid, uint cpu, uint nr_events, ulong first_ns, string comm, byte[] delta_ns) =>
        WriteRelayed(tid, cpu, nr_events, first_ns, comm, MemoryMarshal.Cast<byte, uint>(delta_ns));

    /// <summary>The same without an array.</summary>
    [NonEvent]
    public void WriteRelayed(int tid, uint cpu, uint nr_events, ulong first_ns, string comm, ReadOnlySpan<uint> delta_ns)
    {
        fixed (char* commText = comm)
        fixed (uint* deltas = delta_ns)
        {
            int size = delta_ns.Length * sizeof(uint);
            EventData* data = stackalloc EventData[7];
            Set(data, &tid, sizeof(int));
            Set(data + 1, &cpu, sizeof(uint));
            Set(data + 2, &nr_events, sizeof(uint));
            Set(data + 3, &first_ns, sizeof(ulong));
            Set(data + 4, commText, TextSize(comm));
            Set(data + 5, &size, sizeof(int));
            Set(data + 6, deltas, size);
            WriteEventCore(DamonEventId.Relayed, 7, data);
        }
    }

    /// <summary>The fields of <see cref="AccessRecord"/>.</summary>
    [Event(DamonEventId.Access, Level = EventLevel.Informational)]
    public void damon_trace_access(
        ulong target_id, ulong time_ns, ulong address, ulong ip, int tid, byte is_write, byte is_kernel, uint stack_id, ulong probe, double weight)
    {
        EventData* data = stackalloc EventData[10];
        Set(data, &target_id, sizeof(ulong));
        Set(data + 1, &time_ns, sizeof(ulong));
        Set(data + 2, &address, sizeof(ulong));
        Set(data + 3, &ip, sizeof(ulong));
        Set(data + 4, &tid, sizeof(int));
        Set(data + 5, &is_write, sizeof(byte));
        Set(data + 6, &is_kernel, sizeof(byte));
        Set(data + 7, &stack_id, sizeof(uint));
        Set(data + 8, &probe, sizeof(ulong));
        Set(data + 9, &weight, sizeof(double));
        WriteEventCore(DamonEventId.Access, 10, data);
    }

    /// <summary>The manifest knows blobs as byte[]; they travel as their size in bytes and the bytes.</summary>
    [Event(DamonEventId.Stack, Level = EventLevel.Informational)]
    public void damon_trace_stack(ulong target_id, uint stack_id, string functions, byte[] addresses)
    {
        fixed (char* functionsText = functions)
        fixed (byte* bytes = addresses)
        {
            int size = addresses.Length;
            EventData* data = stackalloc EventData[5];
            Set(data, &target_id, sizeof(ulong));
            Set(data + 1, &stack_id, sizeof(uint));
            Set(data + 2, functionsText, TextSize(functions));
            Set(data + 3, &size, sizeof(int));
            Set(data + 4, bytes, size);
            WriteEventCore(DamonEventId.Stack, 5, data);
        }
    }

    /// <summary>Writes <see cref="DamonEventName.Thread"/>.</summary>
    [Event(DamonEventId.Thread, Level = EventLevel.Informational)]
    public void damon_trace_thread(ulong target_id, int tid, string comm)
    {
        fixed (char* commText = comm)
        {
            EventData* data = stackalloc EventData[3];
            Set(data, &target_id, sizeof(ulong));
            Set(data + 1, &tid, sizeof(int));
            Set(data + 2, commText, TextSize(comm));
            WriteEventCore(DamonEventId.Thread, 3, data);
        }
    }

    /// <summary>The manifest of <see cref="WriteSampler"/>.</summary>
    [Event(DamonEventId.Sampler, Level = EventLevel.Informational)]
    public void damon_trace_sampler(
        ulong target_id, ulong time_ns, ulong duration_ns, ulong nr_probes, ulong nr_hits, ulong nr_no_register, ulong nr_refused, ulong nr_lost,
        ulong nr_put_off, ulong nr_unknown, ulong target_cost_ns, ulong target_cpu_ns, ulong own_cpu_ns, uint nr_threads, uint nr_threads_gone,
        string sampler, string unit, string remark) =>
        throw new NotSupportedException($"events are written by {nameof(WriteSampler)}");

    /// <summary>The event, from the struct its payload is made of.</summary>
    [NonEvent]
    public void WriteSampler(in AccessSamplerCounts counts, string sampler, string unit, string remark)
    {
        const int Wide = 13;
        const int Narrow = 2;
        fixed (AccessSamplerCounts* head = &counts)
        fixed (char* samplerText = sampler, unitText = unit, remarkText = remark)
        {
            EventData* data = stackalloc EventData[Wide + Narrow + 3];
            byte* field = (byte*)head;
            for (int i = 0; i < Wide + Narrow; i++)
            {
                int size = i < Wide ? sizeof(ulong) : sizeof(uint);
                Set(data + i, field, size);
                field += size;
            }

            Set(data + Wide + Narrow, samplerText, TextSize(sampler));
            Set(data + Wide + Narrow + 1, unitText, TextSize(unit));
            Set(data + Wide + Narrow + 2, remarkText, TextSize(remark));
            WriteEventCore(DamonEventId.Sampler, Wide + Narrow + 3, data);
        }
    }

    /// <summary>The manifest knows blobs as byte[]; they travel as their size in bytes and the bytes.</summary>
    [Event(DamonEventId.HugePages, Level = EventLevel.Informational)]
    public void damon_trace_huge_pages(ulong target_id, ulong time_ns, uint is_cut, byte[] runs)
    {
        fixed (byte* bytes = runs)
        {
            int size = runs.Length;
            EventData* data = stackalloc EventData[5];
            Set(data, &target_id, sizeof(ulong));
            Set(data + 1, &time_ns, sizeof(ulong));
            Set(data + 2, &is_cut, sizeof(uint));
            Set(data + 3, &size, sizeof(int));
            Set(data + 4, bytes, size);
            WriteEventCore(DamonEventId.HugePages, 5, data);
        }
    }

    /// <summary>The manifest knows blobs as byte[]; they travel as their size in bytes and the bytes.</summary>
    [Event(DamonEventId.SplitPages, Level = EventLevel.Informational)]
    public void damon_trace_split_pages(ulong target_id, ulong time_ns, ulong window_ns, ulong cost_ns, byte[] pages)
    {
        fixed (byte* bytes = pages)
        {
            int size = pages.Length;
            EventData* data = stackalloc EventData[6];
            Set(data, &target_id, sizeof(ulong));
            Set(data + 1, &time_ns, sizeof(ulong));
            Set(data + 2, &window_ns, sizeof(ulong));
            Set(data + 3, &cost_ns, sizeof(ulong));
            Set(data + 4, &size, sizeof(int));
            Set(data + 5, bytes, size);
            WriteEventCore(DamonEventId.SplitPages, 6, data);
        }
    }

    /// <inheritdoc/>
    protected override void OnEventCommand(EventCommandEventArgs command)
    {
        if (command.Command == EventCommand.Enable)
        {
            Interlocked.Increment(ref _attachCount);
        }
    }

    private static void Set(EventData* data, void* value, int size)
    {
        data->DataPointer = (nint)value;
        data->Size = size;
    }

    /// <summary>Strings travel as UTF-16 with their terminating zero.</summary>
    private static int TextSize(string text) => (text.Length + 1) * sizeof(char);
}
