using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// Writes a recording as the text <c>perf script</c> prints. Constant memory: one buffer of 128 KiB. The stream stays open; it belongs
/// to the caller.
/// </summary>
public sealed class PerfScriptWriter(Stream output, PerfScriptOptions? options = null) : IRecordingSink
{
    private const int BufferBytes = 128 * 1024;

    private readonly PerfScriptOptions _options = options ?? new PerfScriptOptions();
    private readonly PerfScriptFormatter _formatter = new(options ?? new PerfScriptOptions());
    private byte[] _buffer = new byte[BufferBytes];
    private int _used;
    private bool _ours;
    private string? _kdamond;
    private byte[] _comm = [];

    /// <summary>Lines handed to the stream or waiting in the buffer.</summary>
    public long Lines { get; private set; }

    /// <summary>
    /// Only our own recordings describe contexts; their names must be one word, all others are printed as they were read.
    /// </summary>
    public void OnContext(ContextDescription context)
    {
        _ours = true;
        _kdamond = null;
    }

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs)
    {
        if (!_options.AllEvents)
        {
            return;
        }

        SetComm(kdamond);
        int written;
        while (!_formatter.TryFormatIntervalsTune(
            _comm, kdamondTid, cpu, timestampNs, sampleUs, _buffer.AsSpan(_used), out written))
        {
            MakeRoom();
        }

        _used += written;
        Lines++;
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
    public void OnHeartbeat(in Heartbeat heartbeat)
    {
    }

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint)
    {
    }

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
        if (!_options.AllEvents)
        {
            return;
        }

        SetComm(scheme.Kdamond);
        int written;
        while (!_formatter.TryFormatScheme(_comm, scheme, _buffer.AsSpan(_used), out written))
        {
            MakeRoom();
        }

        _used += written;
        Lines++;
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access)
    {
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
    }

    /// <summary>Bound by the output; no allocation while the kdamond stays the same.</summary>
    public void OnSnapshot(Snapshot snapshot)
    {
        SetComm(snapshot.Kdamond);
        _formatter.Begin(_comm, snapshot.KdamondTid, snapshot.TargetId, snapshot.NrRegions);
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            int written;
            while (!_formatter.TryFormat(region, _buffer.AsSpan(_used), out written))
            {
                MakeRoom();
            }

            _used += written;
        }

        Lines += snapshot.Count;
        if (_options.FlushEachSnapshot)
        {
            Flush();
        }
    }

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end) => Flush();

    private void Flush()
    {
        WriteOut();
        output.Flush();
    }

    private void WriteOut()
    {
        // Forget first: after an error the same bytes must not be written a second time by the clean-up.
        int used = _used;
        _used = 0;
        output.Write(_buffer, 0, used);
    }

    /// <summary>
    /// Empties the buffer; when it was empty, one line is longer than it (a name read from a strange text): takes a larger one.
    /// </summary>
    private void MakeRoom()
    {
        if (_used == 0)
        {
            _buffer = new byte[_buffer.Length * 2];
            return;
        }

        WriteOut();
    }

    private void SetComm(string kdamond)
    {
        if (!ReferenceEquals(kdamond, _kdamond))
        {
            _kdamond = kdamond;
            _comm = Comm.Encode(_ours ? Comm.ToOneWord(kdamond) : kdamond);
        }
    }
}
