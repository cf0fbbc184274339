using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports;

/// <summary>
/// One reading of a recording for a report: measures every snapshot and passes on those of the selected targets and time. Mappings are
/// those in force: what is described after the selected time no longer counts.
/// </summary>
internal abstract class ReportPass(ReportSelection selection) : IRecordingSink
{
    private readonly bool _needsWall = selection.FromWallNs is not null || selection.ToWallNs is not null;
    private long? _originNs;
    private long? _beginNs;
    private long? _endNs;
    private long? _wallOffsetNs;
    private long _selected;
    private bool _over;
    private RecordingEnd? _end;

    /// <summary>The targets and their mappings, as of the snapshot that is being taken.</summary>
    public TargetCatalog Catalog { get; } = new();

    /// <summary>What the numbers of the snapshot that is being taken are measured against.</summary>
    protected SnapshotMeter Meter { get; } = new(selection.Known);

    /// <summary>Wall clock minus the recording's clock, the latest known.</summary>
    protected long? WallOffsetNs => _wallOffsetNs;

    /// <summary>What was read; once the recording is over.</summary>
    public RecordingFacts Facts => new()
    {
        OriginNs = _originNs,
        BeginNs = _beginNs,
        EndNs = _endNs,
        WallOffsetNs = _wallOffsetNs,
        SelectedSnapshots = _selected,
        Snapshots = _end?.Snapshots ?? 0,
        IncompleteSnapshots = _end?.IncompleteSnapshots ?? 0,
        Events = _end?.Events ?? 0,
        LostEvents = _end?.LostEvents ?? 0,
        Truncation = _end?.Truncation,
    };

    public virtual void OnContext(ContextDescription context)
    {
    }

    public virtual void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs)
    {
    }

    public virtual void OnHeartbeat(in Heartbeat heartbeat)
    {
    }

    public void OnTarget(TargetDescription target)
    {
        if (!_over)
        {
            Catalog.Add(target);
        }
    }

    public void OnMapping(MappingDescription mapping)
    {
        if (!_over)
        {
            Catalog.Add(mapping);
        }
    }

    public void OnFootprint(in Footprint footprint)
    {
        if (IsSelected(footprint.TargetId, (long)footprint.TimeNs - 1, (long)footprint.TimeNs))
        {
            Take(in footprint);
        }
    }

    public void OnScheme(in SchemeEvent scheme)
    {
        // Only a region belongs to a target; quotas and counters are of the whole scheme.
        ulong targetId = scheme.Kind == SchemeEventKind.BeforeApply ? scheme.Region.TargetId : selection.TargetId ?? 0;
        if (IsSelected(targetId, scheme.TimestampNs - 1, scheme.TimestampNs))
        {
            Take(in scheme);
        }
    }

    public void OnAccess(in AccessEvent access)
    {
        if (IsSelected(access.TargetId, access.TimeNs - 1, access.TimeNs))
        {
            Take(in access);
        }
    }

    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        if (IsSelected(idle.TargetId, (long)idle.TimeNs - 1, (long)idle.TimeNs))
        {
            Take(in idle, records);
        }
    }

    public void OnSnapshot(Snapshot snapshot)
    {
        Meter.Measure(snapshot);
        _wallOffsetNs = snapshot.WallOffsetNs ?? _wallOffsetNs;
        _originNs ??= Meter.BeginNs;
        if (_needsWall && _wallOffsetNs is null)
        {
            throw new RecordingFormatException(
                "the recording has no wall clock to select by; hint: give the time range in seconds after its begin, e.g. 10s..20s");
        }

        if (IsSelected(snapshot.TargetId, Meter.BeginNs, Meter.EndNs))
        {
            _selected++;
            _beginNs = Math.Min(_beginNs ?? long.MaxValue, Meter.BeginNs);
            _endNs = Math.Max(_endNs ?? long.MinValue, Meter.EndNs);
            Take(snapshot);
        }
    }

    /// <exception cref="RecordingFormatException">There is no snapshot of what was selected: an empty report is no answer.</exception>
    public virtual void OnEnd(RecordingEnd end)
    {
        _end = end;
        if (NeedsSnapshots && _selected == 0 && end.Snapshots > 0)
        {
            throw new RecordingFormatException(
                $"none of {end.Snapshots} snapshots is of the target and time asked for; hint: 'report summary' tells targets and times");
        }
    }

    /// <summary>Whether the report is about snapshots, so that there must be some of what was selected.</summary>
    protected virtual bool NeedsSnapshots => true;

    /// <summary>Takes a selected snapshot; <see cref="Meter"/> has measured it.</summary>
    protected abstract void Take(Snapshot snapshot);

    /// <summary>Takes a footprint of a selected target and time.</summary>
    protected virtual void Take(in Footprint footprint)
    {
    }

    /// <summary>Takes what a scheme did at a selected time.</summary>
    protected virtual void Take(in SchemeEvent scheme)
    {
    }

    /// <summary>Takes the idle times of a selected target and time.</summary>
    protected virtual void Take(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
    }

    /// <summary>Takes an access of a selected target and time, or what is known of sampling them.</summary>
    protected virtual void Take(in AccessEvent access)
    {
    }

    private bool IsSelected(ulong targetId, long beginNs, long endNs)
    {
        // A footprint read before the first snapshot has no time to be relative to: it is at the begin.
        long origin = _originNs ?? beginNs;
        long offset = _wallOffsetNs ?? 0;
        bool before = endNs - origin <= selection.FromNs || unchecked(endNs + offset) <= selection.FromWallNs;
        bool after = beginNs - origin >= selection.ToNs || unchecked(beginNs + offset) >= selection.ToWallNs;
        _over |= after;
        return !before && !after && (selection.TargetId is not { } only || only == targetId);
    }
}
