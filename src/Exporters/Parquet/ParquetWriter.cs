using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Writes a recording as a Parquet table with one row per region. Memory is bounded by one row group, whatever the recording's length,
/// and by some 2.5 KB of footer per row group. The stream is only written to, so a pipe will do; it stays open and belongs to the caller.
/// </summary>
/// <remarks>
/// When writing to a seekable stream fails (a full disk), the file is cut back to the last complete row group, its footer is written, and
/// <see cref="ParquetRescueException"/> tells what is lost; what comes after is only counted. Give it an unbuffered file stream: bytes
/// held back by a buffer of the stream cannot be taken back.
/// </remarks>
public sealed class ParquetWriter : IRecordingSink, IDisposable
{
    private readonly PageCompressor _compressor;
    private readonly SnapshotColumns _columns;
    private readonly ParquetTable _table;
    private readonly RecordingMetadata _metadata = new();
    private readonly AnnexWriter _annex = new();
    private readonly WriteShares _writes = new();
    private bool _finished;

    /// <param name="output">Where to; left open.</param>
    /// <param name="options">How; null: the defaults.</param>
    public ParquetWriter(Stream output, ParquetOptions? options = null)
    {
        options ??= new ParquetOptions();
        _compressor = new PageCompressor(options.Compression);
        ColumnSet columns = new(_compressor, options);
        _columns = new SnapshotColumns(columns);
        _table = new ParquetTable("damon_aggregated", output, columns, options) { Annex = _annex };
    }

    /// <summary>Rows received.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows received that will not be in the file, because writing failed.</summary>
    public long RowsLost => _finished ? Rows - _table.RowsWritten : 0;

    /// <inheritdoc/>
    public void OnContext(ContextDescription context)
    {
        _metadata.Add(context);
        _annex.Add(context);
    }

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target)
    {
        _metadata.Add(target);
        _annex.Add(target);
    }

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping) => _annex.Add(mapping);

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) =>
        _annex.AddTuned(timestampNs, cpu, kdamond, kdamondTid, sampleUs);

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat)
    {
        _metadata.Set(heartbeat);
        _annex.Add(in heartbeat);
    }

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint) => _annex.Add(in footprint);

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme) => _annex.Add(in scheme);

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access)
    {
        _writes.Add(in access);
        _annex.Add(in access);
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records) => _annex.Add(in idle, records);

    /// <summary>Bound by encoding and compressing the columns, 0.25 us a row on a busy 2-core machine; no allocation per row.</summary>
    public void OnSnapshot(Snapshot snapshot)
    {
        if (_finished)
        {
            _annex.Forget();
        }
        else
        {
            Annex(snapshot);
        }

        _writes.Take(snapshot);
        Rows += snapshot.Count;
        _annex.Row = Rows;
        for (int first = 0; first < snapshot.Count && !_finished;)
        {
            int rows = Math.Min(snapshot.Count - first, _table.Room);
            _columns.Append(snapshot, _writes, first, rows);
            first += rows;
            try
            {
                _table.Advance(rows);
            }
            catch (IOException e)
            {
                Rescue(e);
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end)
    {
        if (_finished)
        {
            return;
        }

        try
        {
            _annex.Add(end);
            _table.EndRowGroup();
            _table.FlushAnnex();
            _table.WriteFooter([.. _metadata.Build(_table.RowsWritten, 0, end, error: null), _table.AnnexChunks()]);
        }
        catch (IOException e)
        {
            Rescue(e);
            throw;
        }

        _finished = true;
        _compressor.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _compressor.Dispose();

    private void Annex(Snapshot snapshot)
    {
        _annex.Add(snapshot);
        if (_annex.IsFull)
        {
            try
            {
                _table.FlushAnnex();
            }
            catch (IOException e)
            {
                Rescue(e);
                throw;
            }
        }
    }

    /// <summary>After a failed write the file is made readable before the caller hears of it.</summary>
    /// <exception cref="ParquetRescueException">The file can be read up to some row.</exception>
    private void Rescue(IOException error)
    {
        _finished = true;
        _compressor.Dispose();
        if (_table.TryRescue(() =>
            [.. _metadata.Build(_table.RowsWritten, Rows - _table.RowsWritten, end: null, error.Message), _table.AnnexChunks()]))
        {
            throw new ParquetRescueException(_table.RowsWritten, Rows - _table.RowsWritten, error);
        }
    }
}
