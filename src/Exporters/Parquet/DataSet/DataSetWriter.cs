using System.Globalization;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>
/// Adds a recording to a data set of Parquet tables (regions, mappings, targets, contexts, footprint, idle, recordings), partitioned as
/// Hive does it: <c>TABLE/host=HOST/date=YYYY-MM-DD/RECORDING.parquet</c>. All files appear when the recording is over. A recording is
/// known by its first snapshot, so exporting it again replaces its files and doubles nothing.
/// </summary>
/// <remarks>
/// Memory is bounded by one row group of each table for the two newest days and by one generation of mappings per target. Days are UTC; a
/// snapshot belongs as a whole to the day of its first event. Where the source has no wall clock the day is Hive's null.
/// </remarks>
public sealed class DataSetWriter : IRecordingSink, IDisposable
{
    /// <summary>What Hive, Spark, Trino and DuckDB read as null.</summary>
    private const string NullPartition = "__HIVE_DEFAULT_PARTITION__";

    /// <summary>Snapshots of several kdamonds overlap at midnight, so the day before stays open.</summary>
    private const int MaxOpen = 2;

    /// <summary>A clock that jumps between days makes a new file at each jump; so many at most.</summary>
    private const int MaxParts = 1000;

    private readonly string _root;
    private readonly string _host;
    private readonly ParquetOptions _options;
    private readonly PageCompressor _compressor;
    private readonly DescriptionsInForce _descriptions = new();
    private readonly WriteShares _writes = new();
    private readonly List<(DateOnly? Date, Partition Partition)> _open = [];
    private readonly Dictionary<string, int> _parts = [];
    private readonly List<Footprint> _early = [];
    private readonly List<Action<AnnexWriter>> _beforeFirst = [];
    private int _nrParts;
    private StagingFolder? _folder;
    private string _recording = "";
    private Moment _first;
    private Moment _last;
    private Heartbeat? _heartbeat;

    /// <param name="root">Folder of the data set; made when it does not exist.</param>
    /// <param name="host">Where the recording was made; see <see cref="IsHost"/>.</param>
    /// <param name="options">Sizes of pages and row groups, compression.</param>
    public DataSetWriter(string root, string host, ParquetOptions? options = null)
    {
        if (!IsHost(host))
        {
            throw new ArgumentException($"'{host}' is not a host name", nameof(host));
        }

        _root = Path.GetFullPath(root);
        _host = "host=" + host;
        _options = options ?? new ParquetOptions();
        _compressor = new PageCompressor(_options.Compression);
    }

    /// <summary>Letters, digits, dots, hyphens and underscores, 255 at most: what a folder can be called without escapes.</summary>
    public static bool IsHost(string name) =>
        name.Length is > 0 and <= 255 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    /// <inheritdoc/>
    public void OnContext(ContextDescription context)
    {
        _descriptions.Add(context);
        Annex(annex => annex.Add(context));
    }

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target)
    {
        _descriptions.Add(target);
        Annex(annex => annex.Add(target));
    }

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping)
    {
        _descriptions.Add(mapping);
        Annex(annex => annex.Add(mapping));
    }

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat)
    {
        Heartbeat beat = heartbeat;
        _heartbeat = beat;
        Annex(annex => annex.Add(in beat));
    }

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint)
    {
        Footprint held = footprint;
        Annex(annex => annex.Add(in held));
        if (_folder is null)
        {
            _early.Add(footprint);
            return;
        }

        Append(in footprint);
    }

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) =>
        Annex(annex => annex.AddTuned(timestampNs, cpu, kdamond, kdamondTid, sampleUs));

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
        SchemeEvent applied = scheme;
        Annex(annex => annex.Add(in applied));
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access)
    {
        _writes.Add(in access);
        if (_folder is null)
        {
            AccessEvent early = access;
            _beforeFirst.Add(annex => annex.Add(in early));
            return;
        }

        Find(_last.Date).Annex.Add(in access);
        if (access.Kind == AccessEventKind.Access)
        {
            Moment moment = new(access.TimeNs, _last.WallOffsetNs);
            Find(moment.Date).Append(in access, moment);
        }
    }

    /// <summary>Idle times follow a snapshot; those of a recording that has lost its first ones have no day yet.</summary>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        if (_folder is null)
        {
            IdlePages early = idle;
            IdleRecord[] copy = records.ToArray();
            _beforeFirst.Add(annex => annex.Add(in early, copy));
            return;
        }

        Find(_last.Date).Annex.Add(in idle, records);
        Moment moment = new((long)idle.TimeNs, _last.WallOffsetNs);
        Find(moment.Date).Append(in idle, records, moment);
    }

    /// <summary>Bound by encoding and compressing the columns; no allocation per row.</summary>
    public void OnSnapshot(Snapshot snapshot)
    {
        _last = Moment.Of(snapshot);
        if (_folder is null)
        {
            Begin(snapshot);
        }

        _writes.Take(snapshot);
        Find(_last.Date).Append(snapshot, _writes, _last, _descriptions);
    }

    /// <summary>Completes all files and gives them their place. A recording without snapshots leaves nothing.</summary>
    public void OnEnd(RecordingEnd end)
    {
        if (_folder is null)
        {
            return;
        }

        Find(_last.Date).Append(_first, _last, end, _heartbeat);
        foreach ((_, Partition partition) in _open)
        {
            partition.Complete();
        }

        _open.Clear();
        _folder.Publish(_host, _recording);
    }

    /// <summary>Files that have not got their place are deleted.</summary>
    public void Dispose()
    {
        foreach ((_, Partition partition) in _open)
        {
            partition.Dispose();
        }

        _open.Clear();
        _folder?.Dispose();
        _compressor.Dispose();
    }

    private void Begin(Snapshot snapshot)
    {
        _first = _last;
        _recording = string.Create(CultureInfo.InvariantCulture, $"{_first.ToFileName()}-{snapshot.KdamondTid}");
        _folder = new StagingFolder(_root, _recording);
        foreach (Footprint footprint in _early)
        {
            Append(in footprint);
        }

        _early.Clear();
    }

    private void Append(in Footprint footprint)
    {
        Moment moment = new((long)footprint.TimeNs, _last.WallOffsetNs);
        Find(moment.Date).Append(footprint, moment);
    }

    /// <summary>What is told between two snapshots is kept with the first of them, so that it comes back in the same order.</summary>
    private void Annex(Action<AnnexWriter> add)
    {
        if (_folder is null)
        {
            _beforeFirst.Add(add);
        }
        else
        {
            add(Find(_last.Date).Annex);
        }
    }

    private Partition Find(DateOnly? date)
    {
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            if (_open[i].Date == date)
            {
                return _open[i].Partition;
            }
        }

        if (_open.Count == MaxOpen)
        {
            _open[0].Partition.Complete();
            _open.RemoveAt(0);
        }

        Partition partition = Open(date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? NullPartition);
        _open.Add((date, partition));
        return partition;
    }

    private Partition Open(string date)
    {
        int part = _parts[date] = _parts.GetValueOrDefault(date) + 1;
        if (part > MaxParts)
        {
            throw new IOException($"the wall clock of the recording jumps to {date} again and again");
        }

        string path = Path.Combine(_host, "date=" + date);
        string file = _recording + (part == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $".{part}")) + ".parquet";
        var partition = new Partition(_recording, new TableFactory(_folder!, path, file, _compressor, _options), _nrParts++);
        Introduce(partition.Annex);
        return partition;
    }

    /// <summary>The first file begins as the recording did, every other one with what is in force.</summary>
    private void Introduce(AnnexWriter annex)
    {
        if (_nrParts == 1)
        {
            _beforeFirst.ForEach(add => add(annex));
            _beforeFirst.Clear();
            return;
        }

        foreach (ContextDescription context in _descriptions.Contexts)
        {
            annex.Add(context);
        }

        foreach (TargetDescription target in _descriptions.Targets)
        {
            annex.Add(target);
        }

        foreach (MappingDescription mapping in _descriptions.Mappings.SelectMany(generation => generation))
        {
            annex.Add(mapping);
        }
    }
}
