using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet.Reading;

/// <summary>
/// Reads back what <see cref="ParquetWriter"/> wrote, or the regions of a data set: the rows with Parquet.Net, the rest from the annex.
/// Memory is bounded by one row group, some 20 MB. A file that lost its annex (another tool wrote it anew) is read as far as rows and
/// metadata go, and what it lacks is said.
/// </summary>
/// <remarks>Parquet.Net is loaded by the first use of this class and by nothing else.</remarks>
/// <param name="file">Seekable; stays the caller's.</param>
internal sealed class ParquetRecordingReader(Stream file) : IRecordingReader
{
    private readonly Snapshot _snapshot = new();
    private RegionColumns? _columns;
    private AnnexReader? _annex;
    private IRecordingSink? _sink;
    private bool _open;
    private long _snapshots;
    private long _incomplete;
    private long _events;

    /// <inheritdoc/>
    public void Read(IRecordingSink sink, CancellationToken cancellation)
    {
        RecordingEnd end = ReadPart(sink, out bool isLast, cancellation);
        bool goesOn = !isLast && _annex!.Told && end.Truncation is null;
        sink.OnEnd(goesOn ? end with { Notes = [.. end.Notes, "the recording goes on in another file of the data set"] } : end);
    }

    /// <summary>Reads everything but the end, which is returned: a recording in a data set may have several files.</summary>
    /// <param name="sink">Where the recording goes.</param>
    /// <param name="isLast">Whether the recording ends here: a file of one that goes on has no end.</param>
    /// <param name="cancellation">Ends reading.</param>
    internal RecordingEnd ReadPart(IRecordingSink sink, out bool isLast, CancellationToken cancellation)
    {
        using ParquetSource source = new(file, cancellation);
        Read(source, sink, cancellation);
        isLast = _annex!.End is not null;
        return End(source);
    }

    private void Read(ParquetSource source, IRecordingSink sink, CancellationToken cancellation)
    {
        _sink = sink;
        source.RequireOurs();
        _annex = new AnnexReader(file, source.Metadata(AnnexWriter.MetadataKey));
        _columns = new RegionColumns(source.Schema, needsWallClock: !source.HasAnnex);
        if (!source.HasAnnex)
        {
            source.DeliverDescriptions(sink);
        }

        long first = 0;
        for (int group = 0; group < source.RowGroups; group++)
        {
            int rows = source.Load(group, _columns, cancellation);
            ReadRows(first, rows, source.HasAnnex);
            first += rows;
        }

        Finish();
        DeliverUntil(long.MaxValue - 1);
    }

    private void ReadRows(long first, int rows, bool hasAnnex)
    {
        for (int row = 0; row < rows;)
        {
            if (!_open || _columns!.BeginsSnapshot(row))
            {
                Finish();
                DeliverUntil(first + row);
                _columns!.Begin(_snapshot, row);
                _snapshot.WallOffsetNs = hasAnnex ? _annex!.WallOffsetNs : _columns.WallOffsetNs(row);
                _snapshot.Memory = _annex!.Memory;
                _annex.Memory = null;
                _open = true;
            }

            row = _columns.Append(_snapshot, row);
        }
    }

    private void Finish()
    {
        if (!_open)
        {
            return;
        }

        _open = false;
        RequirePlausible(_snapshot);
        _snapshots++;
        _incomplete += _snapshot.Complete ? 0 : 1;
        _events += _snapshot.Count;
        _sink!.OnSnapshot(_snapshot);
    }

    /// <exception cref="RecordingFormatException">It has more regions than it should, or is called complete and is not.</exception>
    internal static void RequirePlausible(Snapshot snapshot)
    {
        if ((uint)snapshot.Count > snapshot.NrRegions || (snapshot.Complete && (uint)snapshot.Count != snapshot.NrRegions))
        {
            throw new RecordingFormatException(
                $"snapshot {snapshot.Number} of target {snapshot.TargetId}: {snapshot.Count} of {snapshot.NrRegions} regions, "
                + $"complete: {snapshot.Complete}: the Parquet file is damaged");
        }
    }

    private void DeliverUntil(long row)
    {
        while (_annex!.NextRow <= row)
        {
            _annex.Deliver(_sink!);
        }
    }

    /// <summary>As the recording ended; of a file that does not tell, what was read.</summary>
    private RecordingEnd End(ParquetSource source) => _annex!.End is { } told
        ? told
        : new RecordingEnd(
            _snapshots + _annex.Empty, _incomplete + _annex.IncompleteEmpty, _events, source.Lost, source.Metadata("damon_trace.truncation"))
        {
            Notes = source.HasAnnex
                ? []
                :
                [
                    "the Parquet file has rows only: mappings, idle times, footprints, heartbeats and snapshots without regions are not in it, and "
                    + "wall-clock times are cut to 100 ns",
                ],
        };
}
