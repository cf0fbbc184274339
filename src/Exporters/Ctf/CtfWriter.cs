using System.Buffers.Binary;
using System.Globalization;
using Damon.Trace.Events;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Ctf;

/// <summary>
/// Writes a recording as a CTF 1.8 trace, a folder that babeltrace2 and Trace Compass open: <c>metadata</c> and one stream file per
/// kdamond, target and cpu, because within a file time may not go back while snapshots of different kdamonds overlap. The folder gets its
/// name only when it is complete; until then it is called <c>NAME.partial</c>.
/// </summary>
/// <remarks>
/// Time stamps are those of the recording; the clock's offset makes them wall-clock time where the recording has one (the first snapshot
/// or heartbeat that tells it). Lost events are counted in the packets, so readers report them. A cpu that is not known is 4294967295.
/// </remarks>
public sealed class CtfWriter : IRecordingSink
{
    /// <summary>Where time goes back within a kdamond, target and cpu, a new stream begins; so often at most.</summary>
    private const int MaxRestarts = 1000;

    private const int MaxBufferBytes = 64 * 1024 * 1024;

    private readonly string _directory;
    private readonly string _partial;
    private readonly CtfOptions _options;
    private readonly Dictionary<(string Kdamond, int Tid, ulong? TargetId, int Cpu), CtfStream> _streams = [];
    private long? _wallOffsetNs;
    private int _restarts;
    private int _files;
    private long _pendingEvents;
    private string? _kdamond;
    private byte[] _comm = [];

    /// <param name="directory">The folder to make; it must not exist.</param>
    /// <param name="options">How to write.</param>
    public CtfWriter(string directory, CtfOptions? options = null)
    {
        _directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        _partial = _directory + ".partial";
        _options = options ?? new CtfOptions();
        _wallOffsetNs = _options.WallOffsetNs;
        foreach (string path in new[] { _directory, _partial })
        {
            if (Path.Exists(path))
            {
                throw new IOException($"'{path}' exists; a CTF trace is a new folder.");
            }
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_partial);
        }
        else
        {
            Directory.CreateDirectory(_partial, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Events written.</summary>
    public long Events { get; private set; }

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat) => _wallOffsetNs ??= (long)(heartbeat.WallNs - heartbeat.MonotonicNs);

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs)
    {
        SetComm(kdamond);
        CtfStream stream = Find(kdamond, kdamondTid, null, cpu, timestampNs);
        Span<byte> fields = stream.Begin(CtfStream.TuneId, timestampNs, kdamondTid, _comm, 8);
        BinaryPrimitives.WriteUInt64LittleEndian(fields, sampleUs);
        Events++;
    }

    /// <inheritdoc/>
    public void OnContext(ContextDescription context)
    {
    }

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target)
    {
    }

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping)
    {
    }

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint)
    {
    }

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access)
    {
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
    }

    /// <summary>
    /// Bound by the copy and the file, 66 bytes and about 0.3 us an event; no allocation while cpus and targets stay the same.
    /// </summary>
    public void OnSnapshot(Snapshot snapshot)
    {
        _wallOffsetNs ??= snapshot.WallOffsetNs;
        SetComm(snapshot.Kdamond);
        CtfStream? stream = null;
        int cpu = 0;
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            if (stream is null || cpu != region.Cpu || region.TimestampNs < stream.LastNs)
            {
                cpu = region.Cpu;
                stream = Find(snapshot.Kdamond, snapshot.KdamondTid, snapshot.TargetId, cpu, region.TimestampNs);
            }

            Span<byte> fields = stream.Begin(CtfStream.AggregatedId, region.TimestampNs, snapshot.KdamondTid, _comm, 36);
            BinaryPrimitives.WriteUInt64LittleEndian(fields, snapshot.TargetId);
            BinaryPrimitives.WriteUInt32LittleEndian(fields[8..], snapshot.NrRegions);
            BinaryPrimitives.WriteUInt64LittleEndian(fields[12..], region.Start);
            BinaryPrimitives.WriteUInt64LittleEndian(fields[20..], region.End);
            BinaryPrimitives.WriteUInt32LittleEndian(fields[28..], region.NrAccesses);
            BinaryPrimitives.WriteUInt32LittleEndian(fields[32..], region.Age);
        }

        stream?.Discard(snapshot.NrRegions - (uint)Math.Min(snapshot.NrRegions, snapshot.Count));
        Events += snapshot.Count;
        _pendingEvents += snapshot.Count;
        if (_pendingEvents > _options.PacketEvents)
        {
            _pendingEvents = 0;
            BoundMemory();
        }
    }

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end)
    {
        FlushAll();
        string text = CtfMetadata.Text(_options.Uuid, _wallOffsetNs, typeof(CtfWriter).Assembly.GetName().Version ?? new Version(0, 0));
        string path = Path.Combine(_partial, "metadata");
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Directory.Move(_partial, _directory);
    }

    // The target is null for what concerns all targets of a kdamond.
    private CtfStream Find(string kdamond, int tid, ulong? targetId, int cpu, long timestampNs)
    {
        if (_streams.TryGetValue((kdamond, tid, targetId, cpu), out CtfStream? stream) && timestampNs >= stream.LastNs)
        {
            return stream;
        }

        if (stream is not null)
        {
            stream.Release();
            if (++_restarts > MaxRestarts)
            {
                throw new IOException("The recording is not sorted by time, and CTF must be; sort it first.");
            }
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"channel0_{_files++}");
        stream = new CtfStream(Path.Combine(_partial, name), _options.Uuid, (uint)cpu, _options.PacketEvents);
        _streams[(kdamond, tid, targetId, cpu)] = stream;
        return stream;
    }

    /// <summary>Many targets with few events each must not add up to all memory.</summary>
    private void BoundMemory()
    {
        if (_streams.Values.Sum(stream => (long)stream.BufferBytes) > MaxBufferBytes)
        {
            FlushAll();
        }
    }

    private void FlushAll()
    {
        foreach (CtfStream stream in _streams.Values)
        {
            stream.Release();
        }
    }

    private void SetComm(string kdamond)
    {
        if (!ReferenceEquals(kdamond, _kdamond))
        {
            _kdamond = kdamond;
            _comm = Comm.Encode(kdamond);
        }
    }
}
