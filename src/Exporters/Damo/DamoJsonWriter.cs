using System.Globalization;
using System.IO.Compression;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Damo;

/// <summary>
/// Writes a recording as damo's json, plain or zlib-compressed: a list of records, one per kdamond and target, each with all its
/// snapshots. The record of the first snapshot goes straight to the output; those of further kdamonds and targets wait in a
/// <see cref="SnapshotSpool"/> until the end, so memory stays bounded whatever the length. The stream stays open; it belongs to the caller.
/// </summary>
/// <remarks>
/// Times are those of the recording's clock. Snapshots without any region are left out: damo's reports do not expect them. A name that is
/// <c>kdamond.N</c> gives the kdamond_idx N; all others, and a second thread of the same name, get the next free number.
/// </remarks>
public sealed class DamoJsonWriter : SnapshotsOnly, IDisposable
{
    private readonly DamoJsonOptions _options;
    private readonly ZLibStream? _zlib;
    private readonly DamoJsonText _text;
    private readonly SnapshotSpool _spool;
    private readonly Dictionary<((string Name, int Tid) Kdamond, ulong TargetId), DamoJsonRecord> _byKey = [];
    private readonly Dictionary<(string Kdamond, int Tid), int> _kdamonds = [];
    private readonly Dictionary<string, ContextAttributes> _contexts = [];
    private readonly List<DamoJsonRecord> _records = [];
    private readonly HashSet<int> _indices = [];
    private DamoJsonRecord? _last;
    private SpooledRegion[] _regions = new SpooledRegion[1024];
    private bool _firstSnapshot = true;

    /// <param name="output">Where to; left open.</param>
    /// <param name="options">How; null: the defaults.</param>
    public DamoJsonWriter(Stream output, DamoJsonOptions? options = null)
    {
        _options = options ?? new DamoJsonOptions();
        _zlib = _options.Compressed ? new ZLibStream(output, CompressionLevel.Optimal, leaveOpen: true) : null;
        _text = new DamoJsonText(_zlib ?? output);
        _spool = new SnapshotSpool(_options.SpoolDirectory, _options.SpoolMemoryBytes);
    }

    /// <inheritdoc/>
    public override void OnContext(ContextDescription context) => _contexts[context.Kdamond] = context.Attributes;

    /// <summary>Bound by the text, about 100 bytes a region; no allocation once every kdamond and target was seen.</summary>
    public override void OnSnapshot(Snapshot snapshot)
    {
        if (snapshot.Count == 0)
        {
            return;
        }

        DamoJsonRecord record = Find(snapshot);
        (long beginNs, long endNs) = record.SetTimes(snapshot);
        SpooledSnapshot header = new()
        {
            BeginNs = beginNs,
            EndNs = endNs,
            SampleUs = snapshot.SampleUs ?? 0,
            AggrUs = snapshot.AggrUs ?? 0,
            NrSamples = snapshot.NrSamples ?? 0,
            NrRegions = snapshot.NrRegions,
            Count = snapshot.Count,
            Pid = snapshot.Pid ?? 0,
        };
        ReadOnlySpan<SpooledRegion> regions = Convert(snapshot.Regions);
        if (beginNs == SpooledSnapshot.Unknown)
        {
            record.Hold(header, regions);
            return;
        }

        Release(record, endNs);
        Emit(record, header, regions);
    }

    /// <inheritdoc/>
    public override void OnEnd(RecordingEnd end)
    {
        for (int i = 0; i < _records.Count; i++)
        {
            DamoJsonRecord record = _records[i];
            Release(record, null);
            if (record.Series is { } series)
            {
                _text.BeginRecord(record, first: false);
                SpoolCursor cursor = series.Read();
                for (bool first = true; cursor.MoveNext(); first = false)
                {
                    _text.Snapshot(cursor.Current, cursor.Regions, record.SampleUs, first);
                }
            }

            _text.EndRecord();
        }

        _text.End(_records.Count == 0);

        // Ends the zlib stream; the stream below stays open.
        _zlib?.Dispose();
    }

    /// <summary>Gives up the temporary file, also when the recording did not come to its end.</summary>
    public void Dispose() => _spool.Dispose();

    private ReadOnlySpan<SpooledRegion> Convert(ReadOnlySpan<RegionEvent> events)
    {
        if (_regions.Length < events.Length)
        {
            _regions = new SpooledRegion[Math.Max(events.Length, _regions.Length * 2)];
        }

        for (int i = 0; i < events.Length; i++)
        {
            _regions[i] = new SpooledRegion(events[i]);
        }

        return _regions.AsSpan(0, events.Length);
    }

    private void Release(DamoJsonRecord record, long? nextEndNs)
    {
        if (record.Holds)
        {
            SpooledSnapshot held = record.Release(nextEndNs, out SpooledRegion[] regions);
            Emit(record, held, regions);
        }
    }

    private void Emit(DamoJsonRecord record, in SpooledSnapshot snapshot, ReadOnlySpan<SpooledRegion> regions)
    {
        if (record.Series is { } series)
        {
            series.Append(snapshot, regions);
            return;
        }

        _text.Snapshot(snapshot, regions, record.SampleUs, _firstSnapshot);
        _firstSnapshot = false;
    }

    private DamoJsonRecord Find(Snapshot snapshot)
    {
        if (_last is { } last && last.TargetId == snapshot.TargetId && last.KdamondTid == snapshot.KdamondTid
            && (snapshot.KdamondTid > 0 || last.Kdamond == snapshot.Kdamond))
        {
            return last;
        }

        if (!_byKey.TryGetValue((snapshot.KdamondIdentity, snapshot.TargetId), out DamoJsonRecord? record))
        {
            record = Add(snapshot);
        }

        _last = record;
        return record;
    }

    private DamoJsonRecord Add(Snapshot snapshot)
    {
        (string, int) kdamond = snapshot.KdamondIdentity;
        if (!_kdamonds.TryGetValue(kdamond, out int index))
        {
            index = ChooseIndex(snapshot.Kdamond);
            _kdamonds.Add(kdamond, index);
        }

        bool known = _contexts.TryGetValue(snapshot.Kdamond, out ContextAttributes attributes);
        DamoJsonRecord record = new(snapshot.Kdamond, snapshot.KdamondTid, snapshot.TargetId, index)
        {
            SampleUs = snapshot.SampleUs ?? (known ? attributes.SampleUs : _options.SampleUs),
            AggrUs = snapshot.AggrUs ?? (known ? attributes.AggrUs : _options.AggrUs),
            UpdateUs = known ? attributes.UpdateUs : _options.UpdateUs,
            Series = _records.Count == 0 ? null : _spool.AddSeries(),
        };
        if (_records.Count == 0)
        {
            _text.BeginRecord(record, first: true);
        }

        _records.Add(record);
        _byKey.Add((snapshot.KdamondIdentity, snapshot.TargetId), record);
        return record;
    }

    private int ChooseIndex(string kdamond)
    {
        const string Prefix = "kdamond.";
        if (kdamond.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(kdamond.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && _indices.Add(index))
        {
            return index;
        }

        index = 0;
        while (!_indices.Add(index))
        {
            index++;
        }

        return index;
    }
}
